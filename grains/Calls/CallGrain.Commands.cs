using GoTo.Access;
using GoTo.Api;

namespace GoTo.Calls;

/// <summary>What services ask of a call. Each command is one intent in the journal, and returns once it is there.</summary>
internal sealed partial class CallGrain
{
    public Task<CommandReceipt> Answer(CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.Answer());

    public Task<CommandReceipt> Reject(CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.Reject());

    public Task<CommandReceipt> Hold(CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.Hold());

    public Task<CommandReceipt> Resume(CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.Resume());

    public Task<CommandReceipt> Mute(CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.Mute());

    public Task<CommandReceipt> Unmute(CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.Unmute());

    public Task<CommandReceipt> SendDtmf(string digits, CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.SendDtmf(Valid(nameof(digits), () => DtmfDigits.Parse(digits).Digits)));

    public Task<CommandReceipt> PlayAnnouncement(string name, CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.PlayAnnouncement(Valid(nameof(name), () => name is { Length: > 0 and <= 64 }
            ? name
            : throw new FormatException("an announcement's name is 1 to 64 characters"))));

    public Task<CommandReceipt> HangUp(HangUpReason reason, CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.HangUp(reason));

    public Task<CommandReceipt> BlindTransfer(string dialString, CommandId id, CancellationToken cancellationToken = default) =>
        Operate(id, new CallOperation.BlindTransfer(Valid(nameof(dialString), () => DialString.Parse(dialString).ToString())));

    public async Task Claim(string by)
    {
        MustBeKnownAndTheirs();
        var decision = await Perform(new CallCommand.Claim(by), by);
        if (decision.Refusal is { } why) throw new CallTransitionException(_key, State.Phase, nameof(Claim), why);
    }

    public async Task Release(string by)
    {
        MustBeKnownAndTheirs();
        await Perform(new CallCommand.Release(by), by);
    }

    public Task<CommandReceipt> WarmTransfer(CallKey consult, CommandId id) =>
        Operate(id, new CallOperation.WarmTransfer(OfThisAccount(consult)));

    public Task<CommandReceipt> Merge(CallKey other, CommandId id) =>
        Operate(id, new CallOperation.Merge(OfThisAccount(other)));

    public async Task<CommandOutcome?> Outcome(CommandId id, CancellationToken cancellationToken = default)
    {
        await Shown();
        CallJournal journal;
        do
        {
            journal = _journal.Stored;
            var command = journal.State.Command(id) ?? throw new CommandNotFoundException(_key, id);
            if (command.Outcome is { } outcome) return outcome;
        }
        while (await _journal.Beyond(journal, cancellationToken));
        return null;
    }

    public async Task<ReplayReport> Replay() => CallReplay.Run(_key, await Shown());

    private async Task<CommandReceipt> Operate(CommandId id, CallOperation operation)
    {
        MustBeKnownAndTheirs();
        if (id.IsEmpty) throw new CallArgumentException(_key, nameof(id), "a command needs an id; CommandId.New() makes one");
        var decision = await Perform(new CallCommand.Operate(id, operation, Actor), Actor, id.ToString());
        if (decision.Refusal is { } why) throw new CallTransitionException(_key, State.Phase, operation.Name, why);
        return new CommandReceipt(id, State.Command(id)!.Version);
    }

    /// <summary>Who asks, as the client says it; not proof of anything.</summary>
    private static string Actor => RequestContext.Get("actor") as string ?? "client";

    private T Valid<T>(string argument, Func<T> read)
    {
        MustBeKnownAndTheirs();
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or ArgumentNullException)
        {
            throw new CallArgumentException(_key, argument, e.Message);
        }
    }

    private string OfThisAccount(CallKey other) => other.Account == _key.Account && other != _key
        ? other.CallId
        : throw new CallArgumentException(_key, nameof(other), "it must be another call of the same account");

    /// <summary>A tenant sees and touches its own calls only. Callers without a tenant are the operator's own.</summary>
    private void MustBeKnownAndTheirs()
    {
        if (State.Phase is CallPhase.Initial) throw new CallNotFoundException(_key);
        Caller.MustOwn(State.Tenant, $"Call {_key}");
    }
}
