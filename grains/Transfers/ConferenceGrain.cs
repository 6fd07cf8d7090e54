using GoTo.Access;
using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>What is stored of a conference. What its calls do is theirs.</summary>
internal sealed record ConferenceState
{
    /// <summary>The call that it was merged with; null while nobody has asked for it.</summary>
    public CallKey? Other { get; init; }

    public string? Tenant { get; init; }
}

/// <summary>
/// One conference. It is what its calls make of it: each thing asked of it is one command of a call, under an id that
/// follows from its own, so that the call sees to it that it is done once, whatever dies.
/// </summary>
[GrainType("conference")]
internal sealed class ConferenceGrain([PersistentState("conference", "calls")] IPersistentState<ConferenceState> stored)
    : Grain, IConferenceGrain
{
    private ConferenceId Id => ConferenceId.Parse(this.GetPrimaryKeyString());

    private ICallGrain First => GrainFactory.Call(Id.Call);

    private ICallTransfers FirstTransfers => GrainFactory.GetGrain<ICallTransfers>(Id.Call.ToString());

    private CommandId Merging => DerivedId.Of(this.GetPrimaryKeyString(), "merge");

    public async Task<CommandOutcome> Merge(CallKey other, CancellationToken cancellationToken = default)
    {
        if (stored.State.Other is null)
        {
            var (ours, theirs) = (await First.Describe(), await GrainFactory.Call(other).Describe());
            if (theirs.Tenant != ours.Tenant) throw Wrong("it is another tenant's call");
            if (theirs.Key != ours.Key && theirs.Room != ours.Room)
                throw Wrong("it is in another room, where this call's agent is not; dial it into this call's room");
            if (theirs.Phase is not CallPhase.Connected)
                throw new CallTransitionException(other, theirs.Phase, nameof(Merge), "it is not connected");
            // Refused before anything is stored: an id of a merge that cannot be is free for one that can.
            await FirstTransfers.Merge(other, Merging);
            stored.State = new ConferenceState { Other = other, Tenant = ours.Tenant };
            await stored.WriteStateAsync(CancellationToken.None);
        }
        else
        {
            Caller.MustOwn(stored.State.Tenant, $"Conference {Id}");
            if (stored.State.Other != other) throw Wrong("this conference is already one with another call");
        }
        return await First.WhenSettled(Merging, cancellationToken);

        CallArgumentException Wrong(string why) => new(Id.Call, nameof(other), why);
    }

    public Task<CommandReceipt> Drop(CallKey party, CancellationToken cancellationToken = default)
    {
        if (!Parties().Contains(party)) throw new CallArgumentException(Id.Call, nameof(party), "it is no call of this conference");
        return GrainFactory.Call(party).HangUp(HangUpReason.Normal, DerivedId.Of(this.GetPrimaryKeyString(), "drop"), cancellationToken);
    }

    public async Task<CommandOutcome> Leave(CancellationToken cancellationToken = default)
    {
        var id = DerivedId.Of(this.GetPrimaryKeyString(), "leave");
        // GoTo passes on to a call that was placed.
        var (first, other) = (Id.Call, Parties()[1]);
        var placed = (await GrainFactory.Call(other).Describe()).Direction is CallDirection.Outbound;
        var (leaving, refer) = placed ? (first, other) : (other, first);
        await GrainFactory.GetGrain<ICallTransfers>(leaving.ToString()).WarmTransfer(refer, id);
        return await GrainFactory.Call(leaving).WhenSettled(id, cancellationToken);
    }

    public async Task<ConferenceSnapshot> Describe()
    {
        var calls = await Task.WhenAll(Parties().Select(party => GrainFactory.Call(party).Describe()));
        var merged = await First.WhenSettled(Merging);
        return new ConferenceSnapshot(
            Id, merged, merged.IsDone && calls.All(IsIn) ? [.. calls.Select(call => call.Key)] : []);

        static bool IsIn(CallSnapshot call) => call is { Phase: CallPhase.Connected, TransferTarget: null };
    }

    private CallKey[] Parties()
    {
        if (stored.State.Other is not { } other) throw new ConferenceNotFoundException(Id);
        Caller.MustOwn(stored.State.Tenant, $"Conference {Id}");
        return [Id.Call, other];
    }
}
