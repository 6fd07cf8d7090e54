using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>What happens to a member; it is handled one after the other.</summary>
internal abstract record MemberInput
{
    /// <summary>The client says something.</summary>
    public sealed record Message(SignalRequest Request) : MemberInput;

    /// <summary>A signalling socket is gone.</summary>
    public sealed record SessionEnded(SignalSession Session) : MemberInput;

    /// <summary>A peer connection changed its state.</summary>
    public sealed record MediaState(SignalTarget Target, PeerState State) : MemberInput;

    /// <summary>A local ICE candidate.</summary>
    public sealed record Candidate(SignalTarget Target, string Text) : MemberInput;

    /// <summary>A data packet came.</summary>
    public sealed record Data(byte[] Packet, bool IsReliable) : MemberInput;

    /// <summary>The subscriber connection is to be negotiated anew.</summary>
    public sealed record OfferWanted(bool IceRestart) : MemberInput;

    /// <summary>The answer to an offer of ours should have come by now.</summary>
    public sealed record AnswerDue(uint OfferId) : MemberInput;

    /// <summary>The media should be connected by now.</summary>
    public sealed record MediaDue : MemberInput;

    /// <summary>Media that is disconnected should have come back by now.</summary>
    public sealed record MediaLost : MemberInput;

    /// <summary>The member needs a fresh token.</summary>
    public sealed record TokenDue : MemberInput;

    /// <summary>The member is out of the room.</summary>
    public sealed record Over : MemberInput;
}
