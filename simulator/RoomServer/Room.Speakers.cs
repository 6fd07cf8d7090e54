using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <content>Who speaks, and how well everybody is connected.</content>
internal sealed partial class Room
{
    private static readonly TimeSpan SpeakersInterval = TimeSpan.FromMilliseconds(400);

    private readonly Dictionary<string, SpeakerInfo> _speakers = new(StringComparer.Ordinal);

    /// <summary>A member's connection became better or worse; the members are told, itself too.</summary>
    public void Rate(RoomMember member, ConnectionQuality quality)
    {
        lock (_lock)
        {
            if (!Holds(member) || member.Quality == quality)
                return;
            member.Quality = quality;
            var update = new SignalResponse
            {
                ConnectionQuality = new ConnectionQualityUpdate { Updates = { QualityOf(member) } },
            };
            foreach (var other in _members.Values.Where(other => other == member || !member.IsHidden))
                other.Send(update);
        }
    }

    // One that comes later has not been told of those that are there.
    private void TellQualities(RoomMember member)
    {
        var update = new ConnectionQualityUpdate();
        update.Updates.AddRange(_members.Values
            .Where(other => other != member && other.IsActive && !other.IsHidden).Select(QualityOf));
        member.Send(new SignalResponse { ConnectionQuality = update });
    }

    private static ConnectionQualityInfo QualityOf(RoomMember member) => new()
    {
        ParticipantSid = member.Info.Sid,
        Quality = member.Quality,
        Score = member.Quality == ConnectionQuality.Excellent ? 5 : 0,
    };

    // Only changes are told.
    private void WatchSpeakers()
    {
        lock (_lock)
        {
            var changed = new SpeakersChanged();
            foreach (var member in _members.Values.Where(member => !member.IsHidden))
            {
                var level = member.Tracks.Select(track => track.Loudness.Take()).DefaultIfEmpty().Max();
                if (level == 0 && !_speakers.ContainsKey(member.Info.Sid))
                    continue;
                if (level > 0 && _speakers.TryGetValue(member.Info.Sid, out var told) && Math.Abs(told.Level - level) < 0.05)
                    continue;
                var speaker = new SpeakerInfo { Sid = member.Info.Sid, Level = level, Active = level > 0 };
                if (level > 0)
                    _speakers[member.Info.Sid] = speaker;
                else
                    _speakers.Remove(member.Info.Sid);
                changed.Speakers.Add(speaker);
            }
            if (changed.Speakers.Count == 0)
                return;
            foreach (var member in _members.Values)
                member.Send(new SignalResponse { SpeakersChanged = changed });
        }
    }
}
