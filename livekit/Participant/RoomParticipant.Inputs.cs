using System.Threading.Channels;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <content>What the signalling loop handles.</content>
public sealed partial class RoomParticipant
{
    /// <summary>Takes the media thread's events into the queue at once.</summary>
    private sealed class PeerEvents(
        RoomParticipant participant, RoomSession session, SignalTarget target, ChannelWriter<Input> inbox) : IRtcPeerEvents
    {
        public void OnStateChanged(PeerState state, PeerReason? reason) =>
            inbox.TryWrite(new Input.Media(session, target, state, reason));

        public void OnCandidate(string candidate) => inbox.TryWrite(new Input.Candidate(session, target, candidate));

        public void OnData(DataChannel channel, ReadOnlySpan<byte> message, bool isText) =>
            participant.Queue(channel, message);

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }
    }

    private abstract record Input
    {
        public static readonly Input PingDue = new Ping();

        public sealed record Message(SignalResponse Response) : Input;

        public sealed record Data(bool IsReliable, byte[] Packet) : Input;

        public sealed record Others(IReadOnlyList<ParticipantInfo> Infos) : Input;

        public sealed record Media(RoomSession Session, SignalTarget Target, PeerState State, PeerReason? Reason) : Input;

        public sealed record Candidate(RoomSession Session, SignalTarget Target, string Text) : Input;

        public sealed record NewAttributes(IReadOnlyDictionary<string, string> Attributes) : Input;

        public sealed record Overdue(RoomSession Session, string Why) : Input;

        public sealed record SocketEnded(SignalSocket Socket, string How) : Input;

        public sealed record Malformed(string What) : Input;

        public sealed record LeaveNow(DisconnectReason Reason) : Input;

        public sealed record Ping : Input;
    }
}
