using GoTo.Media;
using Orleans.Runtime.Placement;

namespace GoTo.Calls;

/// <summary>The effects that bring the call's room and its agent about.</summary>
internal sealed partial class CallGrain
{
    private async Task OpenRoom(CancellationToken patience)
    {
        await PauseAfterRefusal(patience);
        var opened = await OpenRoomAt(IsOfferedByUs ? await Offered.Place() : null, patience);
        await Perform(opened.Failure is { } failure
            ? new CallCommand.ShutGate(failure) { MayPass = opened.MayPass }
            : new CallCommand.JoinRoom(opened.Room, opened.Participant));
    }

    /// <summary>The audio of a call has to be where its phone's leg is, if there is one.</summary>
    private async Task<RoomOpened> OpenRoomAt(SiloAddress? silo, CancellationToken patience)
    {
        if (silo is not null) RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        try
        {
            return await Media.OpenRoom(RoomRequest.Of(State), patience);
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    private async Task AwaitAgent(CancellationToken patience)
    {
        await PauseAfterRefusal(patience);
        var arrival = await Media.AwaitAgent(
            State.AgentTimeout, State.DispatchDue ? RoomRequest.Of(State) : null, State.IsGreeting ? State.EarlyGreeting : null, patience);
        await Perform(arrival switch
        {
            { Identity: { } identity } => new CallCommand.OpenGate(identity),
            { RoomLost: true } => new CallCommand.FailMedia(arrival.Failure!),
            _ => new CallCommand.ShutGate(arrival.Failure ?? "the agent did not come") { MayPass = arrival.MayPass },
        });
    }

    private async Task DispatchAgent(CancellationToken patience)
    {
        await PauseAfterRefusal(patience);
        await Perform(await Media.DispatchAgent(RoomRequest.Of(State), patience) is { } refusal
            ? new CallCommand.ShutGate(refusal.Detail) { MayPass = refusal.MayPass }
            : new CallCommand.NoteDispatch());
    }

    /// <summary>A room server that has just refused is not asked again at once.</summary>
    private Task PauseAfterRefusal(CancellationToken patience) => Task.Delay(DispatchRules.Pause(State), time, patience);
}
