namespace GoTo.Transfers;

/// <summary>Nobody has begun this transfer. Begin it, or check the call and the command's id.</summary>
[GenerateSerializer, Alias("transfer.not-found")]
public sealed class TransferNotFoundException : Exception
{
    /// <summary>A transfer that nobody has begun.</summary>
    public TransferNotFoundException(TransferKey key) : base($"There is no warm transfer {key}.") => Key = key;

    /// <summary>The key that was asked for.</summary>
    [Id(0)] public TransferKey Key { get; }
}

/// <summary>The command is not legal in the transfer's present phase; nothing was changed.</summary>
[GenerateSerializer, Alias("transfer.transition")]
public sealed class TransferTransitionException : Exception
{
    /// <summary>A command refused by the transfer's rules.</summary>
    public TransferTransitionException(TransferKey key, TransferPhase phase, string command, string why)
        : base($"Warm transfer {key} is {phase} and refuses {command}: {why}")
    {
        Key = key;
        Phase = phase;
        Command = command;
    }

    /// <summary>Which transfer.</summary>
    [Id(0)] public TransferKey Key { get; }

    /// <summary>The phase it was in.</summary>
    [Id(1)] public TransferPhase Phase { get; }

    /// <summary>The command that was refused.</summary>
    [Id(2)] public string Command { get; }
}
