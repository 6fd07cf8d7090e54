using GoTo.Calls;
using GoTo.Numbers;
using Orleans.Concurrency;

namespace GoTo.Media;

/// <summary>
/// The handle of a call's audio, on the silo that carries it. Key: the call's. Never moves: the audio could not follow.
/// Every method interleaves, since closing must overtake waiting.
/// </summary>
[GrainInterfaceType("media"), Alias("media")]
internal interface IMediaGrain : IGrainWithStringKey
{
    /// <summary>Makes the room with the agent dispatched to it, and joins it as the phone.</summary>
    [AlwaysInterleave, Alias("open-room"), ResponseTimeout("00:01:00")]
    Task<RoomOpened> OpenRoom(RoomRequest request, CancellationToken cancellationToken = default);

    /// <summary>Waits until the agent is in the room and its audio reaches us.</summary>
    /// <param name="limit">How long.</param>
    /// <param name="dispatch">Names the agent when it is to be sent to the room first: it was made for another one.</param>
    /// <param name="greeting">The announcement that the phone hears meanwhile, once; the agent's turn comes at its end.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [AlwaysInterleave, Alias("await-agent"), ResponseTimeout("00:05:00")]
    Task<AgentArrival> AwaitAgent(
        TimeSpan limit, RoomRequest? dispatch, string? greeting, CancellationToken cancellationToken = default);

    /// <summary>Sends an agent to the room, which another one has left. Null when the room server has taken that, as far as is known.</summary>
    [AlwaysInterleave, Alias("dispatch")]
    Task<RoomRefusal?> DispatchAgent(RoomRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes the phone's SDP offer and gives our answer; the same offer again gives the same answer.</summary>
    /// <param name="sdpOffer">The offer.</param>
    /// <param name="withoutRoom">The call goes on elsewhere: nobody is to hear it here.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    [AlwaysInterleave, Alias("accept-offer")]
    Task<OfferReply> AcceptOffer(string sdpOffer, bool withoutRoom, CancellationToken cancellationToken = default);

    /// <summary>Takes the phone's leg that was offered with the dial (<see cref="IMediaOfferGrain"/>). Again, it changes nothing.</summary>
    /// <param name="dial">The dial's key.</param>
    /// <returns>Why it is not there; null when it is.</returns>
    [AlwaysInterleave, Alias("take-offered")]
    Task<string?> TakeOffered(string dial);

    /// <summary>Another way to the phone, <c>candidate:…</c> (RFC 8839); after <see cref="AcceptOffer"/>.</summary>
    [AlwaysInterleave, Alias("add-candidate")]
    Task AddCandidate(string candidate);

    /// <summary>Follows the call.</summary>
    /// <param name="flow">What of the audio is passed on, from now on. All of it until this is called.</param>
    /// <param name="sipStatus">What the room is told of the call (<see cref="SipCallStatus"/>).</param>
    [AlwaysInterleave, Alias("follow")]
    Task Follow(MediaFlow flow, string sipStatus);

    /// <summary>The phone's party pressed a key: the room is told.</summary>
    /// <param name="digit">One of <c>0-9*#A-D</c>.</param>
    [AlwaysInterleave, Alias("tell-digit")]
    Task TellDigit(string digit);

    /// <summary>
    /// Plays an announcement to the phone, in place of the agent, and returns at its end. Again, it begins anew.
    /// </summary>
    /// <returns>Why it was not played to its end; null when it was.</returns>
    [AlwaysInterleave, Alias("announce"), ResponseTimeout("00:35:00")]
    Task<string?> Announce(string announcement, CancellationToken cancellationToken = default);

    /// <summary>Begins to play an announcement to the phone, and reports the command's outcome at its end. Else why not.</summary>
    [AlwaysInterleave, Alias("play")]
    Task<string?> Play(CommandId command, string announcement);

    /// <summary>Whether an agent speaks in the call's room, as far as its audio reaches us.</summary>
    [AlwaysInterleave, Alias("has-agent")]
    Task<bool> HasAgent();

    /// <summary>Whether the call's audio is still here.</summary>
    [AlwaysInterleave, Alias("is-open")]
    Task<bool> IsOpen();

    /// <summary>Hangs up the phone's leg and leaves the room. Harmless when there is nothing to close.</summary>
    [AlwaysInterleave, Alias("close")]
    Task Close();
}

/// <summary>What the room of a call is to be.</summary>
/// <param name="From">The caller's number; empty when withheld.</param>
/// <param name="To">The called number.</param>
/// <param name="Tenant">Whose number it is.</param>
/// <param name="Agent">The agent name to dispatch; null for a room without one.</param>
[GenerateSerializer, Immutable, Alias("media.room-request")]
internal sealed record RoomRequest(string From, string To, string Tenant, string? Agent)
{
    /// <summary>What the number that is called, or shown when we call, means: the room's name, and what the agent is told.</summary>
    [Id(0)] public NumberRegistration? Registration { get; init; }

    /// <summary>The room that there is: another call's, to be joined as it is, or the call's own; null when it is still to be made.</summary>
    [Id(1)] public string? Existing { get; init; }

    /// <summary>We placed the call.</summary>
    [Id(2)] public bool Outbound { get; init; }

    /// <summary>How the call stands (<see cref="SipCallStatus"/>).</summary>
    [Id(3)] public string SipStatus { get; init; } = SipCallStatus.Ringing;

    /// <summary>The key of the dial that the call came of; null when it is inbound.</summary>
    [Id(4)] public string? Dial { get; init; }

    /// <summary>The agent is sent to the room once it is there: it may be there already, made for another one.</summary>
    [Id(5)] public bool DispatchDue { get; init; }

    public static RoomRequest Of(CallState call) => new(call.From, call.To, call.Tenant!, call.Agent)
    {
        Registration = call.Registration, Existing = call.GivenRoom ?? call.Room, Outbound = call.Direction is CallDirection.Outbound,
        SipStatus = call.SipStatus, Dial = call.RequestId, DispatchDue = call.DispatchDue,
    };
}

/// <summary>The room and our participant in it, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("media.room-opened")]
internal sealed record RoomOpened(string Room, string Participant, string? Failure)
{
    /// <summary>The room server did not take it, and may when it is asked again.</summary>
    [Id(0)] public bool MayPass { get; init; }
}

/// <summary>The agent's identity, or why it is not there; <paramref name="RoomLost"/> when another room may help.</summary>
[GenerateSerializer, Immutable, Alias("media.agent-arrival")]
internal sealed record AgentArrival(string? Identity, string? Failure, bool RoomLost = false)
{
    /// <summary>The room server did not take its dispatch, and may when it is asked again.</summary>
    [Id(0)] public bool MayPass { get; init; }
}

/// <summary>Our SDP answer, or why the offer cannot be answered; <paramref name="RoomLost"/> when another room may help.</summary>
[GenerateSerializer, Immutable, Alias("media.offer-reply")]
internal sealed record OfferReply(string? SdpAnswer, string? Failure, bool RoomLost = false);
