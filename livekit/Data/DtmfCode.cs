namespace GoTo.LiveKit;

/// <summary>DTMF digits as <c>SipDTMF</c> numbers them: 0 to 9, * is 10, # is 11, A to D are 12 to 15.</summary>
internal static class DtmfCode
{
    private const string Digits = "0123456789*#ABCD";

    /// <summary>The code of a digit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no DTMF digit.</exception>
    public static uint Of(char digit) => Digits.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal) is var code and >= 0
        ? (uint)code
        : throw new ArgumentOutOfRangeException(nameof(digit), digit, "A DTMF digit is 0 to 9, *, # or A to D.");

    /// <summary>The digit of a packet: its text, or else its code; null when it says neither.</summary>
    public static char? DigitOf(string text, uint code) => text is [var digit] && Digits.Contains(digit, StringComparison.Ordinal)
        ? digit
        : code < Digits.Length ? Digits[(int)code] : null;
}
