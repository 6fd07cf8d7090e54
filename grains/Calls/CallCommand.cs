using System.Text.Json.Serialization;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Calls;

/// <summary>
/// What is asked of a call: by a service, by GoTo's events, or by an effect that reports what came of it.
/// <see cref="CallDecision"/> turns it into events.
/// </summary>
[GenerateSerializer, Immutable, Alias("call.command")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
[JsonDerivedType(typeof(Ring), "ring")]
[JsonDerivedType(typeof(Dial), "dial")]
[JsonDerivedType(typeof(Alert), "alert")]
[JsonDerivedType(typeof(Route), "route")]
[JsonDerivedType(typeof(JoinRoom), "join-room")]
[JsonDerivedType(typeof(OpenGate), "open-gate")]
[JsonDerivedType(typeof(ShutGate), "shut-gate")]
[JsonDerivedType(typeof(LoseAgent), "lose-agent")]
[JsonDerivedType(typeof(NoteDispatch), "note-dispatch")]
[JsonDerivedType(typeof(LoseRoom), "lose-room")]
[JsonDerivedType(typeof(IntendAnswer), "intend-answer")]
[JsonDerivedType(typeof(AcceptAnswer), "accept-answer")]
[JsonDerivedType(typeof(FailAnswer), "fail-answer")]
[JsonDerivedType(typeof(Connect), "connect")]
[JsonDerivedType(typeof(StartAudio), "start-audio")]
[JsonDerivedType(typeof(EndGreeting), "end-greeting")]
[JsonDerivedType(typeof(LapseAudio), "lapse-audio")]
[JsonDerivedType(typeof(ReturnAudio), "return-audio")]
[JsonDerivedType(typeof(Expire), "expire")]
[JsonDerivedType(typeof(FailMedia), "fail-media")]
[JsonDerivedType(typeof(CloseMedia), "close-media")]
[JsonDerivedType(typeof(Operate), "operate")]
[JsonDerivedType(typeof(Send), "send")]
[JsonDerivedType(typeof(Take), "take")]
[JsonDerivedType(typeof(Settle), "settle")]
[JsonDerivedType(typeof(AcceptHangUp), "accept-hang-up")]
[JsonDerivedType(typeof(FailHangUp), "fail-hang-up")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Resume), "resume")]
[JsonDerivedType(typeof(Transfer), "transfer")]
[JsonDerivedType(typeof(ReceiveDigit), "receive-digit")]
[JsonDerivedType(typeof(End), "end")]
[JsonDerivedType(typeof(Claim), "claim")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(MarkRecorded), "mark-recorded")]
[JsonDerivedType(typeof(Reconcile), "reconcile")]
internal abstract record CallCommand
{
    /// <summary>GoTo's <c>call.ringing</c>.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.ring")]
    public sealed record Ring(string From, string To, string LineId, string? TraceParent) : CallCommand;

    /// <summary>We placed the call.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.dial")]
    public sealed record Dial(string RequestId, DialRequest Request, string? TraceParent) : CallCommand
    {
        /// <summary>What the number that it shows means, if it is the tenant's.</summary>
        [Id(0)] public NumberRegistration? Registration { get; init; }
    }

    /// <summary>GoTo's <c>call.ringing</c> of a call that we placed.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.alert")]
    public sealed record Alert : CallCommand;

    /// <summary>The registry's word on the called number, and its tenant's on whether one call more is let in.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.route")]
    public sealed record Route(NumberRegistration? Registration, Quota? Exceeded = null) : CallCommand
    {
        /// <summary>Where calls to numbers go that nobody registered; null when they are rejected.</summary>
        [Id(0)] public string? UnknownNumbers { get; init; }
    }

    /// <summary>The room is made and our participant is in it.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.join-room")]
    public sealed record JoinRoom(string Room, string Participant) : CallCommand;

    /// <summary>The agent is there and audible.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.open-gate")]
    public sealed record OpenGate(string AgentIdentity) : CallCommand;

    /// <summary>No agent, or no room: the gate stays shut.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.shut-gate")]
    public sealed record ShutGate(string Detail) : CallCommand
    {
        /// <summary>The room server did not take the room or the dispatch, and may when it is asked again.</summary>
        [Id(0)] public bool MayPass { get; init; }
    }

    /// <summary>No agent is heard in the room any more, or none is when the call is answered.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.lose-agent")]
    public sealed record LoseAgent(string Detail) : CallCommand;

    /// <summary>The room server took the dispatch of another agent.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.note-dispatch")]
    public sealed record NoteDispatch : CallCommand;

    /// <summary>Somebody ended the room, or sent the phone out of it: that is how agents hang up with LiveKit's SIP bridge.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.lose-room")]
    public sealed record LoseRoom(string Detail) : CallCommand;

    /// <summary>Our SDP answer is about to leave.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.intend-answer")]
    public sealed record IntendAnswer : CallCommand;

    /// <summary>GoTo's reply to our answer; <paramref name="Connected"/> when it already says connected (C2).</summary>
    [GenerateSerializer, Immutable, Alias("call.command.accept-answer")]
    public sealed record AcceptAnswer(bool Connected, DateTimeOffset? AnsweredAt) : CallCommand;

    /// <summary>The answer could not be made or was refused.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.fail-answer")]
    public sealed record FailAnswer(string Detail) : CallCommand;

    /// <summary>GoTo's <c>call.connected</c>.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.connect")]
    public sealed record Connect(DateTimeOffset? AnsweredAt) : CallCommand;

    /// <summary>The first audio packet of a direction was passed on.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.start-audio")]
    public sealed record StartAudio(AudioDirection Direction) : CallCommand;

    /// <summary>The early greeting was played to its end, or cannot be.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.end-greeting")]
    public sealed record EndGreeting : CallCommand;

    /// <summary>The phone sends no audio.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.lapse-audio")]
    public sealed record LapseAudio(TimeSpan Already) : CallCommand;

    /// <summary>The phone sends audio again.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.return-audio")]
    public sealed record ReturnAudio : CallCommand;

    /// <summary>A time limit is reached.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.expire")]
    public sealed record Expire(TimeLimit Limit) : CallCommand;

    /// <summary>The call's audio is gone.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.fail-media")]
    public sealed record FailMedia(string Detail) : CallCommand;

    /// <summary>The cluster has let go of the call's audio.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.close-media")]
    public sealed record CloseMedia : CallCommand;

    /// <summary>A service wants something of the call.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.operate")]
    public sealed record Operate(CommandId Id, CallOperation Operation, string Actor) : CallCommand;

    /// <summary>A command's request is about to leave.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.send")]
    public sealed record Send(CommandId Id) : CallCommand;

    /// <summary>GoTo took a command's request; an event says what comes of it.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.take")]
    public sealed record Take(CommandId Id) : CallCommand;

    /// <summary>A command's request is done, or is not (<paramref name="Failure"/>).</summary>
    [GenerateSerializer, Immutable, Alias("call.command.settle")]
    public sealed record Settle(CommandId Id, CommandFailure Failure, string? Detail) : CallCommand;

    /// <summary>GoTo took our hang-up.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.accept-hang-up")]
    public sealed record AcceptHangUp : CallCommand;

    /// <summary>GoTo did not take our hang-up.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.fail-hang-up")]
    public sealed record FailHangUp(string Detail) : CallCommand;

    /// <summary>GoTo's <c>call.held</c>.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.hold")]
    public sealed record Hold : CallCommand;

    /// <summary>GoTo's <c>call.resumed</c>.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.resume")]
    public sealed record Resume : CallCommand;

    /// <summary>GoTo's <c>call.transferred</c>.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.transfer")]
    public sealed record Transfer(string Target) : CallCommand;

    /// <summary>GoTo's <c>call.dtmf</c>, or a key heard in the audio.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.receive-digit")]
    public sealed record ReceiveDigit(string Digit, TimeSpan? Duration, DigitSource Source) : CallCommand;

    /// <summary>GoTo's <c>call.ended</c>.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.end")]
    public sealed record End(EndReason Reason, TimeSpan Talked) : CallCommand;

    /// <summary>A transfer or a conference begins to work with the call.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.claim")]
    public sealed record Claim(string By) : CallCommand;

    /// <summary>The transfer or conference is over.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.release")]
    public sealed record Release(string By) : CallCommand;

    /// <summary>The call's record is in the store.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.mark-recorded")]
    public sealed record MarkRecorded : CallCommand;

    /// <summary>What <c>GET /calls/{id}</c> said.</summary>
    [GenerateSerializer, Immutable, Alias("call.command.reconcile")]
    public sealed record Reconcile(UpstreamCall Upstream) : CallCommand;
}

/// <summary>A call as GoTo sees it when asked.</summary>
/// <param name="Known">False when GoTo answered 404.</param>
/// <param name="State">GoTo's state word; empty when not known.</param>
/// <param name="Connected">GoTo counts it as answered and not ended.</param>
/// <param name="OnHold">GoTo counts it as on hold.</param>
/// <param name="Ended">GoTo counts it as over.</param>
/// <param name="EndReason">Why it is over, if GoTo says so.</param>
/// <param name="AnsweredAt">When it was answered, if GoTo says so.</param>
/// <param name="Talked">From answer to end, if GoTo says both; else zero.</param>
[GenerateSerializer, Immutable, Alias("call.upstream")]
internal sealed record UpstreamCall(
    bool Known, string State, bool Connected, bool OnHold, bool Ended, EndReason EndReason, DateTimeOffset? AnsweredAt,
    TimeSpan Talked)
{
    /// <summary>Where GoTo has passed it on to; null when it has not.</summary>
    [Id(0)] public string? TransferTarget { get; init; }
}
