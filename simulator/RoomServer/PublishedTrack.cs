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

    /// <summary>How loud it is.</summary>
    public LoudnessTap Loudness { get; } = new();

    /// <summary>Whether the publisher was told of its first subscriber.</summary>
    public bool SubscriberTold { get; set; }
}

/// <summary>An m-line on which a member receives, and the track it receives there.</summary>
internal sealed class ReceivingSlot(AudioTransceiver line)
{
    public AudioTransceiver Line { get; } = line;

    public PublishedTrack? Track { get; private set; }

    /// <summary>
    /// Whether a track can be put on it. Each line carries one track in its life: what a client plays it with has ended
    /// with the track.
    /// </summary>
    public bool IsFree { get; private set; } = true;

    public void Carry(PublishedTrack track)
    {
        Track = track;
        IsFree = false;
        // Clients know by the msid whose track it is.
        Line.StreamId = $"{track.Publisher.Info.Sid}|{track.Info.Sid}";
        Line.TrackId = track.Info.Sid;
        track.Line!.Receiver.Forward(Line.Sender);
    }

    public void Release()
    {
        Track?.Line!.Receiver.StopForwarding(Line.Sender);
        Track = null;
        (Line.StreamId, Line.TrackId) = (null, null);
        // The next answer says so; until then the line stays silent.
        Line.Direction = TransceiverDirection.Inactive;
    }
}
