using System.Text.Json;
using Google.Protobuf;
using GoTo.LiveKit;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// The HTTP side of the Twirp services (Twirp specification v7): protobuf or JSON in, the same out, errors as JSON.
/// </summary>
internal sealed class TwirpApi(RoomAccess access)
{
    private const string Json = "application/json";
    private const string Protobuf = "application/protobuf";
    private const int LongestBody = 1024 * 1024;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    private readonly Dictionary<string, Method> _methods = new(StringComparer.Ordinal);

    /// <summary>Adds a method, such as <c>livekit.RoomService/CreateRoom</c>.</summary>
    public void Add<TRequest>(string name, Func<TRequest, VideoGrant, IMessage> handle)
        where TRequest : IMessage<TRequest>, new() =>
        Add<TRequest>(name, (request, grant, _) => Task.FromResult(handle(request, grant)));

    /// <summary>Adds a method that takes its time.</summary>
    public void Add<TRequest>(string name, Func<TRequest, VideoGrant, CancellationToken, Task<IMessage>> handle)
        where TRequest : IMessage<TRequest>, new() =>
        _methods.Add(name, (body, isJson, grant, stop) =>
        {
            TRequest request;
            try
            {
                request = isJson
                    ? Parser.Parse<TRequest>(System.Text.Encoding.UTF8.GetString(body))
                    : new MessageParser<TRequest>(() => new TRequest()).ParseFrom(body);
            }
            catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
            {
                throw new TwirpRefusal("malformed", 400, $"the request could not be decoded: {e.Message}");
            }
            return handle(request, grant, stop);
        });

    public async Task Handle(HttpContext http)
    {
        if (!access.TryIdentify(http.Request, out var token, out var refusal))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(refusal, http.RequestAborted);
            return;
        }
        try
        {
            var (answer, isJson) = await Answer(http, token);
            http.Response.ContentType = isJson ? Json : Protobuf;
            var body = isJson ? System.Text.Encoding.UTF8.GetBytes(Formatter.Format(answer)) : answer.ToByteArray();
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
        catch (TwirpRefusal e)
        {
            http.Response.StatusCode = e.Status;
            http.Response.ContentType = Json;
            await http.Response.WriteAsync(
                JsonSerializer.Serialize(new Dictionary<string, string> { ["code"] = e.Code, ["msg"] = e.Message }),
                http.RequestAborted);
        }
    }

    private async Task<(IMessage Answer, bool IsJson)> Answer(HttpContext http, VerifiedToken? token)
    {
        var path = $"{http.GetRouteString("service")}/{http.GetRouteString("method")}";
        if (!HttpMethods.IsPost(http.Request.Method))
            throw new TwirpRefusal(
                "bad_route", 404, $"unsupported method {http.Request.Method} (only POST is allowed)");
        if (!_methods.TryGetValue(path, out var method))
            throw new TwirpRefusal("bad_route", 404, $"no handler for path /twirp/{path}");
        var encoding = http.Request.ContentType?.Split(';', 2)[0].Trim();
        if (encoding is not (Json or Protobuf))
            throw new TwirpRefusal("bad_route", 404, $"unexpected Content-Type: {encoding}");
        if (token?.Token.Video is not { } grant)
            throw TwirpRefusal.Denied();
        return (await method(await ReadBody(http), encoding == Json, grant, http.RequestAborted), encoding == Json);
    }

    private static async Task<byte[]> ReadBody(HttpContext http)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (body.Length + length > LongestBody)
                throw TwirpRefusal.Invalid($"the request is longer than {LongestBody} bytes");
            body.Write(buffer, 0, length);
        }
        return body.ToArray();
    }

    private delegate Task<IMessage> Method(byte[] body, bool isJson, VideoGrant grant, CancellationToken stop);
}

internal static class RouteValues
{
    public static string GetRouteString(this HttpContext http, string name) =>
        http.Request.RouteValues[name] as string ?? "";
}
