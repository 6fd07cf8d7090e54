namespace GoTo.Numbers;

/// <summary>A registration breaks the rules. Nothing was changed; mend what <see cref="Problems"/> names and register again.</summary>
[GenerateSerializer, Alias("number.invalid-registration")]
public sealed class InvalidRegistrationException : Exception
{
    /// <summary>A registration with at least one fault.</summary>
    public InvalidRegistrationException(PhoneNumber number, IReadOnlyList<string> problems)
        : base($"The registration of {number.Masked} is not valid: {string.Join(" ", problems)}")
    {
        Number = number;
        Problems = problems;
    }

    /// <summary>Which number was to be registered.</summary>
    [Id(0)] public PhoneNumber Number { get; }

    /// <summary>Each fault, in a sentence that names the field.</summary>
    [Id(1)] public IReadOnlyList<string> Problems { get; }
}
