using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <summary>
/// What happens to a participant and around it. Called in order, one at a time, from the participant's signalling loop
/// and never from a media thread; a slow implementation delays the signalling. Events may come before
/// <see cref="RoomParticipant.Join"/> has returned.
/// </summary>
public interface IRoomEvents
{
    /// <summary>Another participant came, changed or left.</summary>
    /// <param name="room">Our participant.</param>
    /// <param name="participant">The other one, after the change.</param>
    /// <param name="change">What changed.</param>
    void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change);

    /// <summary>
    /// A remote audio track is negotiated: its packets arrive at <see cref="RemoteAudioTrack.Receiver"/>.
    /// </summary>
    /// <param name="room">Our participant.</param>
    /// <param name="track">The track.</param>
    void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track);

    /// <summary>A remote audio track is gone; its receiver may later serve another one.</summary>
    /// <param name="room">Our participant.</param>
    /// <param name="track">The track.</param>
    void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track);

    /// <summary>Data has come from another participant or the API. Does nothing by default.</summary>
    /// <param name="room">Our participant.</param>
    /// <param name="data">The data.</param>
    void OnData(RoomParticipant room, ReceivedData data)
    {
    }

    /// <summary>
    /// A DTMF digit has come as data: an agent wants it dialled, or a phone has dialled it. Does nothing by default.
    /// </summary>
    /// <param name="room">Our participant.</param>
    /// <param name="identity">Who sent it.</param>
    /// <param name="digit">0 to 9, *, #, A to D.</param>
    void OnDtmf(RoomParticipant room, string identity, char digit)
    {
    }

    /// <summary>A text stream has come whole. Does nothing by default.</summary>
    /// <param name="room">Our participant.</param>
    /// <param name="text">The text.</param>
    void OnText(RoomParticipant room, ReceivedText text)
    {
    }

    /// <summary>Who speaks has changed. Does nothing by default.</summary>
    /// <param name="room">Our participant.</param>
    /// <param name="speakers">The identities of those who speak now, the loudest first; ours may be among them.</param>
    void OnSpeakers(RoomParticipant room, IReadOnlyList<string> speakers)
    {
    }

    /// <summary>The signalling is lost and tried to be had back; audio goes on. Does nothing by default.</summary>
    /// <param name="room">Our participant.</param>
    /// <param name="lost">What happened.</param>
    void OnResuming(RoomParticipant room, RoomDisconnect lost)
    {
    }

    /// <summary>The signalling is back; nothing of the session was lost. Does nothing by default.</summary>
    /// <param name="room">Our participant.</param>
    void OnResumed(RoomParticipant room)
    {
    }

    /// <summary>
    /// The session in the room is lost, its media with it, and another one is joined in its place. The tracks that were
    /// subscribed are told as unsubscribed next. Does nothing by default.
    /// </summary>
    /// <param name="room">Our participant.</param>
    /// <param name="lost">What happened.</param>
    void OnReconnecting(RoomParticipant room, RoomDisconnect lost)
    {
    }

    /// <summary>
    /// We are in the room again with another session, and its media is connected. What was forwarded to
    /// <see cref="RoomParticipant.Microphone"/> must be forwarded to the present one. Does nothing by default.
    /// </summary>
    /// <param name="room">Our participant.</param>
    void OnReconnected(RoomParticipant room)
    {
    }

    /// <summary>
    /// The participant is out of the room and its media closed; the last event, exactly once after a successful join.
    /// </summary>
    /// <param name="room">Our participant.</param>
    /// <param name="disconnect">How it ended.</param>
    void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect);
}

/// <summary>A remote participant's audio track that we receive.</summary>
/// <param name="Sid">The track's id (<c>TR_…</c>).</param>
/// <param name="Participant">Its publisher, as it was when the track was subscribed.</param>
/// <param name="Receiver">Where its packets arrive: forward them or tap them.</param>
public sealed record RemoteAudioTrack(string Sid, RemoteParticipant Participant, AudioReceiver Receiver);
