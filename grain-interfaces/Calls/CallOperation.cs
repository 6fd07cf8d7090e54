using System.Text.Json.Serialization;

namespace GoTo.Calls;

/// <summary>What a service may ask of a call (specification sections 5.1 and 5.2). When each is legal: docs/call-states.md.</summary>
[GenerateSerializer, Immutable, Alias("call.operation")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "operation")]
[JsonDerivedType(typeof(Answer), "answer")]
[JsonDerivedType(typeof(Reject), "reject")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Resume), "resume")]
[JsonDerivedType(typeof(Mute), "mute")]
[JsonDerivedType(typeof(Unmute), "unmute")]
[JsonDerivedType(typeof(SendDtmf), "send-dtmf")]
[JsonDerivedType(typeof(HangUp), "hang-up")]
[JsonDerivedType(typeof(BlindTransfer), "blind-transfer")]
[JsonDerivedType(typeof(PlayAnnouncement), "play-announcement")]
[JsonDerivedType(typeof(WarmTransfer), "warm-transfer")]
[JsonDerivedType(typeof(Merge), "merge")]
public abstract record CallOperation
{
    /// <summary>The operation's name, as in <c>Hold</c>.</summary>
    [JsonIgnore]
    public string Name => GetType().Name;

    /// <summary>Answer the ringing phone now, without waiting for the agent to be ready.</summary>
    [GenerateSerializer, Immutable, Alias("call.operation.answer")]
    public sealed record Answer : CallOperation;

    /// <summary>Refuse the ringing call.</summary>
    [GenerateSerializer, Immutable, Alias("call.operation.reject")]
    public sealed record Reject : CallOperation;

    /// <summary>Put the remote party on hold.</summary>
    [GenerateSerializer, Immutable, Alias("call.operation.hold")]
    public sealed record Hold : CallOperation;

    /// <summary>Take the remote party off hold.</summary>
    [GenerateSerializer, Immutable, Alias("call.operation.resume")]
    public sealed record Resume : CallOperation;

    /// <summary>Stop the agent's audio.</summary>
    [GenerateSerializer, Immutable, Alias("call.operation.mute")]
    public sealed record Mute : CallOperation;

    /// <summary>Let the agent be heard again.</summary>
    [GenerateSerializer, Immutable, Alias("call.operation.unmute")]
    public sealed record Unmute : CallOperation;

    /// <summary>Send touch tones to the remote party.</summary>
    /// <param name="Digits">1 to 64 of <c>0-9*#A-D</c>, with <c>,</c> for a pause of 500 ms (resolution C22).</param>
    [GenerateSerializer, Immutable, Alias("call.operation.send-dtmf")]
    public sealed record SendDtmf(string Digits) : CallOperation;

    /// <summary>End the call.</summary>
    /// <param name="Reason">What GoTo is told.</param>
    [GenerateSerializer, Immutable, Alias("call.operation.hang-up")]
    public sealed record HangUp(HangUpReason Reason) : CallOperation;

    /// <summary>Hand the remote party over to somebody else, unannounced.</summary>
    /// <param name="Target">A dial string with its scheme: <c>tel:</c>, <c>ext:</c>, <c>sip:</c> or <c>voicemail:</c>.</param>
    [GenerateSerializer, Immutable, Alias("call.operation.blind-transfer")]
    public sealed record BlindTransfer(string Target) : CallOperation;

    /// <summary>Play a recording to the remote party, in place of the agent's audio.</summary>
    /// <param name="Announcement">Its name in the cluster's configuration.</param>
    [GenerateSerializer, Immutable, Alias("call.operation.play-announcement")]
    public sealed record PlayAnnouncement(string Announcement) : CallOperation;

    /// <summary>Connect the remote party with that of the consult call, and leave both calls.</summary>
    /// <param name="ReferId">GoTo's id of the consult call.</param>
    [GenerateSerializer, Immutable, Alias("call.operation.warm-transfer")]
    public sealed record WarmTransfer(string ReferId) : CallOperation;

    /// <summary>Make one conversation of this call and another; both stay calls of their own (resolution C13).</summary>
    /// <param name="ReferId">GoTo's id of the other call.</param>
    [GenerateSerializer, Immutable, Alias("call.operation.merge")]
    public sealed record Merge(string ReferId) : CallOperation;
}
