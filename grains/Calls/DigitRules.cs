namespace GoTo.Calls;

/// <summary>The rule that a key is reported once, though GoTo's event and the audio may both tell of it. Pure.</summary>
internal static class DigitRules
{
    /// <summary>How far apart the two may come.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public static CallDecision Received(CallState state, CallCommand.ReceiveDigit command, DateTimeOffset now) =>
        state.Digits.Any(heard => heard.IsOther(command.Digit, command.Source) && now - heard.At < Window)
            ? CallDecision.Happened(new DigitConfirmed(command.Digit, command.Source))
            : CallDecision.Happened(new DigitReceived(command.Digit, command.Duration, command.Source));
}

/// <summary>A key that one way has told of, and the other has not yet.</summary>
internal sealed record HeardDigit(string Digit, DigitSource Source, DateTimeOffset At)
{
    /// <summary>Whether it is the same key, told of the other way.</summary>
    public bool IsOther(string digit, DigitSource source) => Digit == digit && Source != source;
}
