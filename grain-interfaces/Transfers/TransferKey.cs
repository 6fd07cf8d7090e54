using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>
/// The identity of a warm transfer: the caller's call and the id of the command that asked for it, so that the same
/// command again is the same transfer. Written <c>{account}/{callId}/{command}</c> with the command's id escaped as in a
/// URL, which is also the key of the transfer's grain.
/// </summary>
/// <param name="Call">The caller's call.</param>
/// <param name="Command">The caller's own id of the transfer.</param>
[GenerateSerializer, Immutable, Alias("transfer.key")]
public readonly record struct TransferKey(CallKey Call, CommandId Command)
{
    /// <summary>Reads <c>{account}/{callId}/{command}</c>.</summary>
    /// <exception cref="FormatException">The text has no call or no command.</exception>
    public static TransferKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new FormatException($"'{text}' is not a transfer key; write it as account/callId/command.");

    /// <summary>Reads <c>{account}/{callId}/{command}</c>; false when a part is missing.</summary>
    public static bool TryParse(string? text, out TransferKey key)
    {
        var slash = text?.LastIndexOf('/') ?? -1;
        key = slash > 0 && slash < text!.Length - 1 && CallKey.TryParse(text[..slash], out var call)
            ? new TransferKey(call, new CommandId(Uri.UnescapeDataString(text[(slash + 1)..])))
            : default;
        return key != default;
    }

    /// <summary>The key as <c>{account}/{callId}/{command}</c>.</summary>
    public override string ToString() => $"{Call}/{Uri.EscapeDataString(Command.ToString())}";
}
