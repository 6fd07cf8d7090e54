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
