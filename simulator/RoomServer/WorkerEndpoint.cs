using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary><c>/agent</c>: the socket that agent workers register on.</summary>
internal sealed class WorkerEndpoint(
    RoomAccess access, Dispatcher dispatcher, Sids sids, TimeProvider time, ILogger<RoomServer> logger,
    CancellationToken stop)
{
    public async Task Connect(HttpContext http)
    {
        if (!access.TryIdentify(http.Request, out var token, out var refusal) || token?.Token.Video?.Agent != true)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await http.Response.WriteAsync(refusal.Length > 0 ? refusal : "permissions denied", http.RequestAborted);
            return;
        }
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var socket = await http.WebSockets.AcceptWebSocketAsync();
        await using var messages = new ProtobufSocket<ServerMessage, WorkerMessage>(socket, WorkerMessage.Parser);
        await new AgentWorker(sids.Worker(), dispatcher, time, logger).Serve(messages, stop);
    }
}
