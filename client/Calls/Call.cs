using GoTo.Calls;
using GoTo.Tenants;
using GoTo.Transfers;

namespace GoTo.Client;

/// <summary>
/// A call's handle: its key, and what can be done with it. Nothing is kept here, so the key may be stored and the handle made
/// anew in any process. Commands and waits outlive the death of the silo that was asked, and a repeat under the same
/// <see cref="CommandId"/> does nothing twice, also from another process.
/// <para>
/// A command is over when GoTo has said what came of it. That it failed is an outcome; what the call's state does not allow
/// is a <see cref="CallTransitionException"/>, an argument that is none a <see cref="CallArgumentException"/>, a call
/// that nobody has seen a <see cref="CallNotFoundException"/>, another tenant's a <see cref="ForeignTenantException"/>:
/// nothing was changed then.
/// </para>
/// </summary>
public sealed class Call
{
    private readonly IGrainFactory _grains;
    private readonly CallWatcher _watcher;

    internal Call(IGrainFactory grains, CallWatcher watcher, CallKey key) => (_grains, _watcher, Key) = (grains, watcher, key);

    /// <summary>Which call.</summary>
    public CallKey Key { get; }

    private ICallGrain Grain => _grains.Call(Key);

    /// <summary>The call as it stands now.</summary>
    public Task<CallSnapshot> Describe(CancellationToken cancellationToken = default) =>
        Loss.Outlive(() => Grain.Describe(), cancellationToken);

    /// <summary>The call's journal from a version on, live, to its end.</summary>
    public IAsyncEnumerable<CallJournalEntry> Watch(long after = 0, CancellationToken cancellationToken = default) =>
        _watcher.Watch(Key, after, cancellationToken);

    /// <summary>Waits until the remote party has answered.</summary>
    /// <exception cref="CallEndedException">It ended without that: busy, no answer, rejected, …</exception>
    public async Task<CallSnapshot> WhenConnected(CancellationToken cancellationToken = default)
    {
        var call = await When(snapshot => snapshot.Phase is CallPhase.Connected or CallPhase.Ended, cancellationToken);
        return call.Phase is CallPhase.Connected ? call : throw new CallEndedException(Key, call.EndReason ?? EndReason.Unknown);
    }

    /// <summary>Waits until the call is over; why, is in <see cref="CallSnapshot.EndReason"/>.</summary>
    public Task<CallSnapshot> WhenEnded(CancellationToken cancellationToken = default) =>
        When(snapshot => snapshot.Phase is CallPhase.Ended, cancellationToken);

    /// <summary>Answers the ringing phone now, whether the agent is ready or not.</summary>
    public Task<CommandOutcome> Answer(CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.Answer(command, token), id, cancellationToken);

    /// <summary>Refuses the ringing call.</summary>
    public Task<CommandOutcome> Reject(CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.Reject(command, token), id, cancellationToken);

    /// <summary>Puts the remote party on hold.</summary>
    public Task<CommandOutcome> Hold(CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.Hold(command, token), id, cancellationToken);

    /// <summary>Takes the remote party off hold.</summary>
    public Task<CommandOutcome> Resume(CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.Resume(command, token), id, cancellationToken);

    /// <summary>Stops the agent's audio.</summary>
    public Task<CommandOutcome> Mute(CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.Mute(command, token), id, cancellationToken);

    /// <summary>Lets the agent be heard again.</summary>
    public Task<CommandOutcome> Unmute(CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.Unmute(command, token), id, cancellationToken);

    /// <summary>Sends touch tones: 1 to 64 of <c>0-9*#A-D</c> and <c>,</c> for a pause of 500 ms.</summary>
    public Task<CommandOutcome> SendDtmf(string digits, CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.SendDtmf(digits, command, token), id, cancellationToken);

    /// <summary>Ends the call, and waits until it has ended.</summary>
    public Task<CommandOutcome> HangUp(
        HangUpReason reason = HangUpReason.Normal, CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.HangUp(reason, command, token), id, cancellationToken);

    /// <summary>Hands the remote party over to somebody else, unannounced: <c>ext:</c>, <c>tel:</c>, <c>sip:</c> or <c>voicemail:</c>.</summary>
    public Task<CommandOutcome> TransferBlind(string dialString, CommandId? id = null, CancellationToken cancellationToken = default) =>
        Do((command, token) => Grain.BlindTransfer(dialString, command, token), id, cancellationToken);

    /// <summary>
    /// Hands the remote party over to somebody whom the agent, or an announcement, has told of it first. Waits until that is
    /// done, or has come to nothing: then the remote party is back with the agent. <see cref="WarmTransfer"/> is the handle
    /// to complete, decline or cancel it meanwhile.
    /// </summary>
    /// <exception cref="CallTransitionException">The call is not connected, or is being passed on already.</exception>
    public async Task<TransferOutcome> TransferWarm(
        WarmTransferRequest request, CommandId? id = null, CancellationToken cancellationToken = default)
    {
        var transfer = WarmTransfer(id ?? CommandId.New());
        await Loss.Outlive(() => transfer.Begin(request, cancellationToken), cancellationToken);
        return await transfer.WhenOver(cancellationToken);
    }

    /// <summary>A warm transfer of this call, by the id that it was begun with.</summary>
    public IWarmTransferGrain WarmTransfer(CommandId id) => _grains.WarmTransfer(Key, id);

    /// <summary>What came, or comes, of a command, by its id.</summary>
    /// <exception cref="CommandNotFoundException">The call has taken no command with this id.</exception>
    public Task<CommandOutcome> WhenSettled(CommandId id, CancellationToken cancellationToken = default) =>
        Grain.WhenSettled(id, cancellationToken);

    /// <summary>Decides the call's journal again by today's rules, and says where they would decide otherwise.</summary>
    public Task<ReplayReport> Replay(CancellationToken cancellationToken = default) =>
        Loss.Outlive(() => Grain.Replay(), cancellationToken);

    /// <summary>The call's key.</summary>
    public override string ToString() => Key.ToString();

    private async Task<CommandOutcome> Do(
        Func<CommandId, CancellationToken, Task<CommandReceipt>> command, CommandId? id, CancellationToken cancellationToken)
    {
        var known = id ?? CommandId.New();
        // Under its id a repeat is harmless.
        await Loss.Outlive(() => command(known, cancellationToken), cancellationToken);
        return await Grain.WhenSettled(known, cancellationToken);
    }

    private async Task<CallSnapshot> When(Func<CallSnapshot, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            var call = await Describe(cancellationToken);
            if (isSo(call)) return call;
            try
            {
                await foreach (var entry in Watch(call.Version, cancellationToken))
                {
                    if (entry.Event is Connected or Ended) break;
                }
            }
            catch (JournalGapException)
            {
                // So much has happened meanwhile that it is best to look anew.
            }
        }
    }
}
