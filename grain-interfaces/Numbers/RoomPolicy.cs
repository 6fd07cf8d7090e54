namespace GoTo.Numbers;

/// <summary>
/// What the LiveKit room of a number's calls is like, and what of the phone is shown and passed on in it. A room that a
/// call joins (<c>DialRequest.Room</c>) stays as it is.
/// </summary>
[GenerateSerializer, Immutable, Alias("number.room-policy")]
public sealed record RoomPolicy
{
    /// <summary>The room's metadata, for all who are in it; at most 4 kB. None unless set.</summary>
    [Id(0)] public string? Metadata { get; init; }

    /// <summary>How long the room stays open while nobody has joined it: whole seconds, 1 s to 1 h. 60 s unless set.</summary>
    [Id(1)] public TimeSpan EmptyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the room stays open after the phone has left it: whole seconds, 1 s to 1 h. 5 s unless set.</summary>
    [Id(2)] public TimeSpan DepartureTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The phone's display name in the room, 1 to 100 characters. <c>Phone</c> unless set.</summary>
    [Id(3)] public string ParticipantName { get; init; } = "Phone";

    /// <summary>Whether the room and its agents are not told the remote party's number. They are unless set.</summary>
    [Id(4)] public bool HidesNumber { get; init; }

    /// <summary>Which touch tones pass between phone and room. Both ways unless set.</summary>
    [Id(5)] public DtmfPolicy Dtmf { get; init; }
}

/// <summary>Which touch tones pass between a phone and its room.</summary>
[GenerateSerializer, Alias("number.dtmf-policy")]
public enum DtmfPolicy
{
    /// <summary>The room is told of the phone's keys, and agents dial to the phone.</summary>
    BothWays,

    /// <summary>The room is told of the phone's keys; agents cannot dial.</summary>
    ToRoom,

    /// <summary>Agents dial to the phone; the room is not told of the phone's keys.</summary>
    ToPhone,

    /// <summary>None.</summary>
    None,
}
