using System.Collections.Concurrent;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>The rooms that exist, by name.</summary>
internal sealed class RoomDirectory(
    RoomServerOptions options, Sids sids, TimeProvider time, Dispatcher dispatcher, WebhookSender webhooks,
    ILogger<RoomServer> logger)
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Room> All => [.. _rooms.Values];

    public Room? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>Creates a room and dispatches its agents; an existing one is returned as it is.</summary>
    public Room Create(RoomSettings settings)
    {
        var created = new Room(settings, options, sids, webhooks, time, logger, dispatcher.Departed, RanOut);
        var room = _rooms.GetOrAdd(settings.Name, created);
        if (room != created)
            return room;
        logger.RoomCreated(room.Name, room.Sid);
        webhooks.Tell("room_started", room);
        room.BeginLife();
        foreach (var agent in settings.Agents)
            dispatcher.Dispatch(room, agent);
        if (settings is { Agents.Count: 0, ImplicitDispatch: true })
            dispatcher.Dispatch(room, new RoomAgentDispatch());
        return room;
    }

    /// <summary>Closes a room; completes when the media of all that were in it is closed.</summary>
    public async Task Close(Room room, DisconnectReason reason)
    {
        if (!_rooms.TryRemove(KeyValuePair.Create(room.Name, room)))
            return;
        logger.RoomClosed(room.Name, room.Sid, reason);
        dispatcher.RoomClosed(room);
        var closed = room.Close(reason);
        webhooks.Tell("room_finished", room);
        await closed;
    }

    private void RanOut(Room room) => _ = Close(room, DisconnectReason.RoomClosed);
}
