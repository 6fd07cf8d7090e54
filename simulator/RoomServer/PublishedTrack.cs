using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>A track that a member publishes: announced by an AddTrackRequest, on a line once negotiated.</summary>
internal sealed class PublishedTrack(RoomMember publisher, string cid, TrackInfo info)
{
    public RoomMember Publisher { get; } = publisher;

    public string Cid { get; } = cid;

    public TrackInfo Info { get; } = info;

    public AudioTransceiver? Line { get; set; }

    /// <summary>Whether the publisher was told of its first subscriber.</summary>
    public bool SubscriberTold { get; set; }
}

/// <summary>An m-line on which a member receives, and the track it receives there.</summary>
internal sealed class ReceivingSlot(AudioTransceiver line)
{
    public AudioTransceiver Line { get; } = line;

    public PublishedTrack? Track { get; private set; }

    public bool IsSending =>
        Line.CurrentDirection is TransceiverDirection.SendOnly or TransceiverDirection.SendRecv;

    public void Carry(PublishedTrack track)
    {
        Track = track;
        track.Line!.Receiver.Forward(Line.Sender);
    }

    public void Release()
    {
        Track?.Line!.Receiver.StopForwarding(Line.Sender);
        Track = null;
        // The next answer says so; until then the line stays silent.
        Line.Direction = TransceiverDirection.Inactive;
    }
}
