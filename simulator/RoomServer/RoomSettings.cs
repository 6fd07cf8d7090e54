using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>What a room's creator asked for; null means the server's default.</summary>
internal sealed record RoomSettings
{
    public required string Name { get; init; }

    public TimeSpan? EmptyTimeout { get; init; }

    public TimeSpan? DepartureTimeout { get; init; }

    public uint MaxParticipants { get; init; }

    public string Metadata { get; init; } = "";

    public IReadOnlyList<RoomAgentDispatch> Agents { get; init; } = [];

    /// <summary>A room without named agents wakes a worker without a name.</summary>
    public bool ImplicitDispatch { get; init; } = true;

    public static RoomSettings From(CreateRoomRequest request) => new()
    {
        Name = request.Name,
        EmptyTimeout = Seconds(request.EmptyTimeout),
        DepartureTimeout = Seconds(request.DepartureTimeout),
        MaxParticipants = request.MaxParticipants,
        Metadata = request.Metadata,
        Agents = request.Agents,
    };

    public static RoomSettings From(string name, RoomConfiguration? configuration) => configuration is null
        ? new RoomSettings { Name = name }
        : new RoomSettings
        {
            Name = name,
            EmptyTimeout = Seconds(configuration.EmptyTimeout),
            DepartureTimeout = Seconds(configuration.DepartureTimeout),
            MaxParticipants = configuration.MaxParticipants,
            Metadata = configuration.Metadata,
            Agents = configuration.Agents,
        };

    private static TimeSpan? Seconds(uint seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
}
