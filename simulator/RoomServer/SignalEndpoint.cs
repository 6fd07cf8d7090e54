using System.Net.WebSockets;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// <c>/rtc</c> (two peer connections), <c>/rtc/v1</c> (one), and <c>/validate</c> below each: joins are refused with an
/// HTTP status and text before the upgrade.
/// </summary>
internal sealed class SignalEndpoint(
    RoomServerOptions options, RoomAccess access, RoomDirectory rooms, RtcEngine engine, TimeProvider time,
    CancellationToken stopping)
{
    private int _sockets;

    /// <summary>How many signalling sockets are open.</summary>
    public int Sockets => Volatile.Read(ref _sockets);

    public async Task Join(HttpContext http)
    {
        if (await Admissible(http) is not { } join)
            return;
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await Refuse(http, StatusCodes.Status404NotFound, "this is a WebSocket address");
            return;
        }
        if (options.Faults.Cuts(JoinStep.Request))
        {
            http.Abort();
            return;
        }
        var session = new SignalSession(options.Faults, time);
        var member = join.Request.Reconnect ? rooms.Find(join.Room)?.Resume(join, session) : Admit(join, session);
        if (member is null)
            RefuseResume(session);
        WebSocket socket;
        try
        {
            socket = await http.WebSockets.AcceptWebSocketAsync();
        }
        catch
        {
            member?.SessionEnded(session);
            throw;
        }
        Interlocked.Increment(ref _sockets);
        try
        {
            await using var messages = new ProtobufSocket<SignalResponse, SignalRequest>(socket, SignalRequest.Parser);
            if (options.Faults.Cuts(JoinStep.Upgraded))
                http.Abort();
            if (member is not null)
                await member.Serve(session, messages, http.Abort);
            else
                await session.Serve(messages, _ => { }, http.Abort);
        }
        finally
        {
            Interlocked.Decrement(ref _sockets);
        }
    }

    public async Task Validate(HttpContext http)
    {
        if (await Admissible(http) is not null)
            await http.Response.WriteAsync("success", http.RequestAborted);
    }

    private RoomMember Admit(JoinParameters join, SignalSession session)
    {
        while (true)
        {
            var room = rooms.Create(RoomSettings.From(join.Room, join.Token.Token.RoomConfig));
            // The room may close between the two; the next one is new.
            if (room.Admit(join, session, engine) is { } member)
                return member;
        }
    }

    // A client learns from leave that it has to join anew.
    private static void RefuseResume(SignalSession session)
    {
        session.Send(new SignalResponse
        {
            Leave = new LeaveRequest
            {
                Reason = DisconnectReason.StateMismatch, Action = LeaveRequest.Types.Action.Reconnect, CanReconnect = true,
            },
        });
        session.End();
    }

    private async Task<JoinParameters?> Admissible(HttpContext http)
    {
        if (stopping.IsCancellationRequested)
            return await Refuse(http, StatusCodes.Status503ServiceUnavailable, "the server is shutting down");
        if (!access.TryIdentify(http.Request, out var token, out var refusal))
            return await Refuse(http, StatusCodes.Status401Unauthorized, refusal);
        if (token?.Token.Video is not { RoomJoin: true } grant)
            return await Refuse(http, StatusCodes.Status401Unauthorized, "permissions denied");
        if (string.IsNullOrEmpty(grant.Room))
            return await Refuse(http, StatusCodes.Status400BadRequest, "no room name");
        if (string.IsNullOrEmpty(token.Token.Identity))
            return await Refuse(http, StatusCodes.Status400BadRequest, "identity cannot be empty");
        var twoConnections = !http.Request.Path.StartsWithSegments("/rtc/v1", StringComparison.Ordinal);
        JoinRequest? request;
        if (twoConnections)
        {
            request = JoinParameters.ReadQuery(http.Request.Query);
        }
        else
        {
            var parameter = http.Request.Query["join_request"].ToString();
            if (parameter.Length == 0)
                return await Refuse(http, StatusCodes.Status400BadRequest, "join_request is required");
            request = JoinParameters.ReadJoinRequest(parameter);
            if (request is null)
                return await Refuse(http, StatusCodes.Status400BadRequest, "cannot unmarshal join_request");
        }
        if (!options.AutoCreate && rooms.Find(grant.Room) is null)
            return await Refuse(http, StatusCodes.Status404NotFound, "requested room does not exist");
        return new JoinParameters(token, request, twoConnections);
    }

    private static async Task<JoinParameters?> Refuse(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted);
        return null;
    }
}
