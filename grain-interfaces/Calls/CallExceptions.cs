namespace GoTo.Calls;

/// <summary>No call has this key. Check the account and the call id; a call exists from its first event on.</summary>
[GenerateSerializer, Alias("call.not-found")]
public sealed class CallNotFoundException : Exception
{
    /// <summary>A call that nobody has seen.</summary>
    public CallNotFoundException(CallKey key) : base($"There is no call {key}.") => Key = key;

    /// <summary>The key that was asked for.</summary>
    [Id(0)] public CallKey Key { get; }
}

/// <summary>The command is not legal in the call's present phase; nothing was changed.</summary>
[GenerateSerializer, Alias("call.transition")]
public sealed class CallTransitionException : Exception
{
    /// <summary>A command refused by the call's state machine.</summary>
    public CallTransitionException(CallKey key, CallPhase phase, string command, string why)
        : base($"Call {key} is {phase} and refuses {command}: {why}")
    {
        Key = key;
        Phase = phase;
        Command = command;
    }

    /// <summary>Which call.</summary>
    [Id(0)] public CallKey Key { get; }

    /// <summary>The phase it was in.</summary>
    [Id(1)] public CallPhase Phase { get; }

    /// <summary>The command that was refused.</summary>
    [Id(2)] public string Command { get; }
}

/// <summary>
/// The watcher asked for entries that the journal no longer holds. Read the call anew with
/// <see cref="ICallGrain.Describe"/> and watch from <see cref="CallSnapshot.Version"/>.
/// </summary>
[GenerateSerializer, Alias("call.journal-gap")]
public sealed class JournalGapException : Exception
{
    /// <summary>A gap between what the watcher has seen and what the journal still holds.</summary>
    public JournalGapException(CallKey key, long after, long oldest)
        : base($"The journal of call {key} begins at version {oldest}; entries after {after} are gone. Describe the "
            + "call and watch from its version.")
    {
        Key = key;
        Oldest = oldest;
    }

    /// <summary>Which call.</summary>
    [Id(0)] public CallKey Key { get; }

    /// <summary>The oldest version that the journal still holds.</summary>
    [Id(1)] public long Oldest { get; }
}

/// <summary>An argument of a command is wrong: correct it. Nothing was changed. Never quotes numbers or digits.</summary>
[GenerateSerializer, Alias("call.argument")]
public sealed class CallArgumentException : Exception
{
    /// <summary>An argument that was refused.</summary>
    public CallArgumentException(CallKey key, string argument, string why) : base($"Call {key}: {argument}: {why}")
    {
        Key = key;
        Argument = argument;
    }

    /// <summary>Which call.</summary>
    [Id(0)] public CallKey Key { get; }

    /// <summary>The argument's name.</summary>
    [Id(1)] public string Argument { get; }
}

/// <summary>The call has taken no command with this id, or took it so long ago that it is forgotten.</summary>
[GenerateSerializer, Alias("call.command-not-found")]
public sealed class CommandNotFoundException : Exception
{
    /// <summary>A command that the call does not know.</summary>
    public CommandNotFoundException(CallKey key, CommandId id) : base($"Call {key} has taken no command '{id}'.")
    {
        Key = key;
        Id = id;
    }

    /// <summary>Which call.</summary>
    [Id(0)] public CallKey Key { get; }

    /// <summary>The command that was asked for.</summary>
    [Id(1)] public CommandId Id { get; }
}
