using System.Collections.Immutable;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>Another participant of the room, as it was at one moment.</summary>
/// <param name="Sid">Its session (<c>PA_…</c>); a rejoin has a new one.</param>
/// <param name="Identity">Its identity, unique in the room.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Kind">Person, phone (<c>sip</c>), agent.</param>
/// <param name="State">How far it is: an ACTIVE one has its media connected.</param>
/// <param name="Attributes">Its attributes, such as <c>lk.agent.state</c>.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Tracks">What it publishes, subscribed or not.</param>
public sealed record RemoteParticipant(
    string Sid,
    string Identity,
    string Name,
    ParticipantInfo.Types.Kind Kind,
    ParticipantInfo.Types.State State,
    ImmutableDictionary<string, string> Attributes,
    string Metadata,
    ImmutableArray<RemoteTrack> Tracks)
{
    /// <summary>Whether it is an agent.</summary>
    public bool IsAgent => Kind == ParticipantInfo.Types.Kind.Agent;

    internal static RemoteParticipant From(ParticipantInfo info) => new(
        info.Sid, info.Identity, info.Name, info.Kind, info.State,
        info.Attributes.ToImmutableDictionary(), info.Metadata,
        [.. info.Tracks.Select(
            track => new RemoteTrack(track.Sid, track.Name, track.Type, track.Source, track.Muted))]);

    /// <summary>Whether both say the same.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(RemoteParticipant? other) =>
        other is not null && Sid == other.Sid && Identity == other.Identity && Name == other.Name && Kind == other.Kind
        && State == other.State && Metadata == other.Metadata && Tracks.SequenceEqual(other.Tracks)
        && Attributes.Count == other.Attributes.Count && !Attributes.Except(other.Attributes).Any();

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Sid, Identity, State, Attributes.Count, Tracks.Length);
}

/// <summary>A track that a remote participant publishes.</summary>
/// <param name="Sid">Its id (<c>TR_…</c>).</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Audio, video or data.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Muted">Whether its publisher muted it.</param>
public sealed record RemoteTrack(string Sid, string Name, TrackType Type, TrackSource Source, bool Muted);
