using System.Collections.Immutable;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>What an update changed.</summary>
public enum ParticipantChange
{
    /// <summary>A participant is there that was not.</summary>
    Joined,

    /// <summary>Its state, tracks, attributes or name changed.</summary>
    Updated,

    /// <summary>It left.</summary>
    Left,
}

/// <summary>
/// The other participants by sid. Updates may come out of order: the highest version of a sid counts, and one that left
/// does not come back under the same sid.
/// </summary>
internal sealed class ParticipantTable
{
    private const int DepartedKept = 256;

    private readonly Dictionary<string, uint> _versions = [];
    private readonly Queue<string> _departed = [];
    private readonly HashSet<string> _gone = [];

    /// <summary>Our own session, which is not one of the others.</summary>
    public string OwnSid { get; set; } = "";

    public ImmutableDictionary<string, RemoteParticipant> BySid { get; private set; } =
        ImmutableDictionary<string, RemoteParticipant>.Empty;

    /// <summary>Applies one participant's info; null when it changes nothing or is stale.</summary>
    public (RemoteParticipant Participant, ParticipantChange Change)? Apply(ParticipantInfo info)
    {
        if (info.Sid.Length == 0 || info.Sid == OwnSid || _gone.Contains(info.Sid))
            return null;
        if (_versions.TryGetValue(info.Sid, out var seen) && info.Version < seen)
            return null;
        var known = BySid.GetValueOrDefault(info.Sid);
        if (info.State == ParticipantInfo.Types.State.Disconnected)
        {
            Forget(info.Sid);
            return known is null
                ? null
                : (known with { State = info.State, Tracks = [] }, ParticipantChange.Left);
        }
        _versions[info.Sid] = info.Version;
        var now = RemoteParticipant.From(info);
        if (now.Equals(known))
            return null;
        BySid = BySid.SetItem(info.Sid, now);
        return (now, known is null ? ParticipantChange.Joined : ParticipantChange.Updated);
    }

    public RemoteParticipant? PublisherOf(string trackSid) =>
        BySid.Values.FirstOrDefault(participant => participant.Tracks.Any(track => track.Sid == trackSid));

    private void Forget(string sid)
    {
        BySid = BySid.Remove(sid);
        _versions.Remove(sid);
        _gone.Add(sid);
        _departed.Enqueue(sid);
        if (_departed.Count > DepartedKept)
            _gone.Remove(_departed.Dequeue());
    }
}
