using System.Collections.Immutable;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <summary>
/// Which remote track arrives on which m-line. A track counts as subscribed when an m-line receives it, its publisher
/// is known, and the publisher still lists it: a track's removal shows in an update before it shows in an answer.
/// </summary>
internal sealed class SubscriptionMap
{
    private readonly Dictionary<AudioReceiver, (string TrackSid, string? PublisherSid)> _received = [];
    private readonly Dictionary<AudioReceiver, RemoteAudioTrack> _subscribed = [];

    public ImmutableArray<RemoteAudioTrack> Tracks { get; private set; } = [];

    /// <summary>Takes what an answer says about the receiving m-lines.</summary>
    public void Negotiated(IEnumerable<AudioTransceiver> lines, IReadOnlyDictionary<string, string> midToTrackSid)
    {
        _received.Clear();
        foreach (var line in lines)
        {
            var sid = TrackSidOf(line.CurrentDirection, line.Mid, line.RemoteTrackId, midToTrackSid);
            if (sid is not null)
                _received[line.Receiver] = (sid, PublisherSidOf(line.RemoteStreamId));
        }
    }

    /// <summary>What has begun and ended since the last time, given who is there now; the ended first.</summary>
    public (IReadOnlyList<RemoteAudioTrack> Ended, IReadOnlyList<RemoteAudioTrack> Begun) Reconcile(
        ParticipantTable participants)
    {
        var ended = new List<RemoteAudioTrack>();
        var begun = new List<RemoteAudioTrack>();
        foreach (var (receiver, track) in _subscribed.ToArray())
        {
            if (_received.TryGetValue(receiver, out var now) && now.TrackSid == track.Sid
                && participants.PublisherOf(track.Sid)?.Sid == track.Participant.Sid)
                continue;
            _subscribed.Remove(receiver);
            ended.Add(track);
        }
        foreach (var (receiver, (sid, publisherSid)) in _received)
        {
            if (_subscribed.ContainsKey(receiver) || participants.PublisherOf(sid) is not { } publisher
                || (publisherSid is not null && publisherSid != publisher.Sid))
                continue;
            var track = new RemoteAudioTrack(sid, publisher, receiver);
            _subscribed.Add(receiver, track);
            begun.Add(track);
        }
        if (ended.Count + begun.Count > 0)
            Tracks = [.. _subscribed.Values];
        return (ended, begun);
    }

    /// <summary>The track an m-line receives: by the server's map, else the second token of its msid.</summary>
    internal static string? TrackSidOf(
        TransceiverDirection negotiated, string? mid, string? msidTrack,
        IReadOnlyDictionary<string, string> midToTrackSid)
    {
        if (negotiated is not (TransceiverDirection.RecvOnly or TransceiverDirection.SendRecv))
            return null;
        if (mid is not null && midToTrackSid.TryGetValue(mid, out var sid) && IsTrackSid(sid))
            return sid;
        return IsTrackSid(msidTrack) ? msidTrack : null;
    }

    /// <summary>The first token of <c>a=msid</c> begins with the publisher's sid: <c>PA_…|TR_…</c>.</summary>
    internal static string? PublisherSidOf(string? msidStream)
    {
        var sid = msidStream?.Split('|', 2)[0];
        return sid is not null && sid.StartsWith("PA_", StringComparison.Ordinal) ? sid : null;
    }

    private static bool IsTrackSid(string? text) =>
        text is not null && text.StartsWith("TR_", StringComparison.Ordinal);
}
