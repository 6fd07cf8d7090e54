using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>
/// LiveKit's AgentDispatchService (livekit_agent_dispatch.proto): sends named agents into rooms. Every method throws
/// <see cref="TwirpException"/>.
/// </summary>
public sealed class AgentDispatchClient
{
    private readonly TwirpClient _twirp;

    /// <summary>A client of the given server.</summary>
    /// <param name="options">The server and its API key; must be valid.</param>
    /// <param name="http">Sends the requests; its time-out bounds each call.</param>
    /// <param name="time">The clock that tokens are signed with.</param>
    public AgentDispatchClient(LiveKitOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        _twirp = new TwirpClient(options, http, time, "AgentDispatchService");
    }

    /// <summary>
    /// Dispatches an agent to a room, which is created if need be. Asked once: a repetition could send two agents.
    /// </summary>
    /// <param name="request">The agent's name, the room, metadata for the job.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<AgentDispatch> CreateDispatch(
        CreateAgentDispatchRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _twirp.Call(
            "CreateDispatch", request, Admin(request.Room), AgentDispatch.Parser, cancellationToken, mayRepeat: false);
    }

    /// <summary>Withdraws a dispatch and ends its jobs.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="dispatchId">The dispatch's id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<AgentDispatch> DeleteDispatch(
        string room, string dispatchId, CancellationToken cancellationToken = default) =>
        _twirp.Call("DeleteDispatch", new DeleteAgentDispatchRequest { Room = room, DispatchId = dispatchId },
            Admin(room), AgentDispatch.Parser, cancellationToken);

    /// <summary>Lists a room's dispatches with their jobs.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<AgentDispatch>> ListDispatch(
        string room, CancellationToken cancellationToken = default)
    {
        var request = new ListAgentDispatchRequest { Room = room };
        var answer = await _twirp.Call(
            "ListDispatch", request, Admin(room), ListAgentDispatchResponse.Parser, cancellationToken);
        return answer.AgentDispatches;
    }

    private static VideoGrant Admin(string room) => new() { RoomAdmin = true, Room = room };
}
