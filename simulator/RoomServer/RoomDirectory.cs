using System.Collections.Concurrent;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>The rooms that exist, by name.</summary>
internal sealed class RoomDirectory(
    RoomServerOptions options, Sids sids, TimeProvider time, Dispatcher dispatcher, ILogger<RoomServer> logger)
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Room> All => [.. _rooms.Values];

    public Room? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>Creates a room and dispatches its agents; an existing one is returned as it is.</summary>
    public Room Create(RoomSettings settings)
    {
        var created = new Room(settings, sids.Room(), options, sids, time, logger, RanOut);
        var room = _rooms.GetOrAdd(settings.Name, created);
        if (room != created)
            return room;
        logger.RoomCreated(room.Name, room.Sid);
        room.BeginLife();
        foreach (var agent in settings.Agents)
            dispatcher.Dispatch(room, agent);
        if (settings is { Agents.Count: 0, ImplicitDispatch: true })
            dispatcher.Dispatch(room, new RoomAgentDispatch());
        return room;
    }

    public void Close(Room room, DisconnectReason reason)
    {
        if (!_rooms.TryRemove(KeyValuePair.Create(room.Name, room)))
            return;
        logger.RoomClosed(room.Name, room.Sid, reason);
        dispatcher.RoomClosed(room);
        room.Close(reason);
    }

    private void RanOut(Room room) => Close(room, DisconnectReason.RoomClosed);
}
