namespace GoTo.Calls;

/// <summary>
/// The identity of a call in the cluster: the GoTo account it belongs to and GoTo's own call id.
/// Written <c>{account}/{callId}</c>, which is also the key of the call's grain.
/// </summary>
/// <param name="Account">The account's name in the configuration; no slash.</param>
/// <param name="CallId">GoTo's <c>callId</c> (specification section 4.2.2), as GoTo spells it.</param>
[GenerateSerializer, Immutable, Alias("call.key")]
public readonly record struct CallKey(string Account, string CallId)
{
    /// <summary>Reads <c>{account}/{callId}</c>.</summary>
    /// <exception cref="FormatException">The text has no account or no call id.</exception>
    public static CallKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new FormatException($"'{text}' is not a call key; write it as account/callId.");

    /// <summary>Reads <c>{account}/{callId}</c>; false when either half is missing.</summary>
    public static bool TryParse(string? text, out CallKey key)
    {
        var slash = text?.IndexOf('/') ?? -1;
        key = slash > 0 && slash < text!.Length - 1 ? new CallKey(text[..slash], text[(slash + 1)..]) : default;
        return key != default;
    }

    /// <summary>The key as <c>{account}/{callId}</c>.</summary>
    public override string ToString() => $"{Account}/{CallId}";
}
