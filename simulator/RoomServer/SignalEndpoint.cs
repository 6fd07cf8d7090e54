using System.IO.Compression;
using System.Net.WebSockets;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.IdentityModel.Tokens;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// <c>/rtc/v1</c> and <c>/rtc/v1/validate</c>: joins are refused with an HTTP status and text before the upgrade.
/// </summary>
internal sealed class SignalEndpoint(
    RoomServerOptions options, RoomAccess access, RoomDirectory rooms, RtcEngine engine, TimeProvider time)
{
    private const int LongestJoin = 256 * 1024;
    private static readonly TimeSpan RefreshLife = TimeSpan.FromMinutes(10);

    public async Task Join(HttpContext http)
    {
        if (await Admissible(http) is not { } join)
            return;
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await Refuse(http, StatusCodes.Status404NotFound, "this is a WebSocket address");
            return;
        }
        using var member = Admit(join);
        WebSocket socket;
        try
        {
            socket = await http.WebSockets.AcceptWebSocketAsync();
        }
        catch
        {
            await member.Abandon();
            throw;
        }
        await using var messages = new ProtobufSocket<SignalResponse, SignalRequest>(socket, SignalRequest.Parser);
        await member.Serve(messages, options.MediaTimeout);
    }

    public async Task Validate(HttpContext http)
    {
        if (await Admissible(http) is not null)
            await http.Response.WriteAsync("success", http.RequestAborted);
    }

    public static Task NoTwoConnections(HttpContext http) =>
        Refuse(
            http, StatusCodes.Status404NotFound, "this server has no /rtc (two peer connections): join over /rtc/v1");

    private RoomMember Admit(Admission join)
    {
        while (true)
        {
            var room = rooms.Create(RoomSettings.From(join.Room, join.Token.Token.RoomConfig));
            // The room may close between the two; the next one is new.
            if (room.Admit(join.Token, join.Request, engine, Refresh) is { } member)
                return member;
        }
    }

    private async Task<Admission?> Admissible(HttpContext http)
    {
        if (!access.TryIdentify(http.Request, out var token, out var refusal))
            return await Refuse(http, StatusCodes.Status401Unauthorized, refusal);
        if (token?.Token.Video is not { RoomJoin: true } grant)
            return await Refuse(http, StatusCodes.Status401Unauthorized, "permissions denied");
        if (string.IsNullOrEmpty(grant.Room))
            return await Refuse(http, StatusCodes.Status400BadRequest, "no room name");
        if (string.IsNullOrEmpty(token.Token.Identity))
            return await Refuse(http, StatusCodes.Status400BadRequest, "identity cannot be empty");
        var parameter = http.Request.Query["join_request"].ToString();
        if (parameter.Length == 0)
            return await Refuse(http, StatusCodes.Status400BadRequest, "join_request is required");
        if (ReadJoin(parameter) is not { } request)
            return await Refuse(http, StatusCodes.Status400BadRequest, "cannot unmarshal join_request");
        if (request.Reconnect)
            return await Refuse(http, StatusCodes.Status400BadRequest, "this server does not resume: join anew");
        if (!options.AutoCreate && rooms.Find(grant.Room) is null)
            return await Refuse(http, StatusCodes.Status404NotFound, "requested room does not exist");
        return new Admission(grant.Room, token, request);
    }

    private static JoinRequest? ReadJoin(string parameter)
    {
        try
        {
            var wrapped = WrappedJoinRequest.Parser.ParseFrom(Base64UrlEncoder.DecodeBytes(parameter.TrimEnd('=')));
            if (wrapped.Compression == WrappedJoinRequest.Types.Compression.None)
                return JoinRequest.Parser.ParseFrom(wrapped.JoinRequest);
            using var zipped = new MemoryStream(wrapped.JoinRequest.ToByteArray());
            using var gzip = new GZipStream(zipped, CompressionMode.Decompress);
            var plain = new byte[LongestJoin];
            var length = gzip.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
            return JoinRequest.Parser.ParseFrom(plain, 0, length);
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException or InvalidDataException)
        {
            return null;
        }
    }

    private string Refresh(RoomMember member) =>
        (member.Token.Token with { ValidFor = RefreshLife }).Sign(member.Token.ApiKey, options.ApiSecret, time);

    private static async Task<Admission?> Refuse(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted);
        return null;
    }

    private sealed record Admission(string Room, VerifiedToken Token, JoinRequest Request);
}
