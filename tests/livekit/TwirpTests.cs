using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using Xunit;

namespace GoTo.LiveKit.Tests;

public sealed class TwirpTests
{
    private static readonly LiveKitOptions Options =
        new() { Url = new Uri("wss://rooms.example/prefix"), ApiKey = "devkey", ApiSecret = "secret" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_a_protobuf_post_with_a_token_of_just_the_grant_it_needs()
    {
        HttpRequestMessage? sent = null;
        CreateRoomRequest? body = null;
        using var http = new HttpClient(new Answering(async request =>
        {
            sent = request;
            body = CreateRoomRequest.Parser.ParseFrom(await request.Content!.ReadAsByteArrayAsync(Stop));
            var created = new Room { Name = "r", Sid = "RM_1" };
            return Answer(HttpStatusCode.OK, "application/protobuf", created.ToByteArray());
        }));
        var wanted = new CreateRoomRequest { Name = "r", Agents = { new RoomAgentDispatch { AgentName = "echo" } } };

        var room = await new RoomServiceClient(Options, http, TimeProvider.System).CreateRoom(wanted, Stop);

        Assert.Equal("RM_1", room.Sid);
        Assert.Equal(wanted, body);
        Assert.Equal("https://rooms.example/prefix/twirp/livekit.RoomService/CreateRoom", sent!.RequestUri!.ToString());
        Assert.Equal("application/protobuf", sent.Content!.Headers.ContentType!.ToString());
        Assert.Equal("Bearer", sent.Headers.Authorization!.Scheme);
        var verifier = new AccessTokenVerifier(
            new Dictionary<string, string> { ["devkey"] = "secret" }, TimeProvider.System);
        var token = verifier.Verify(sent.Headers.Authorization.Parameter!);
        var granted = token.Token.Video!;
        Assert.Equal(
            new VideoGrant { RoomCreate = true, CanPublishSources = granted.CanPublishSources }, granted);
        Assert.Empty(granted.CanPublishSources);
    }

    [Theory]
    [InlineData(401, "application/json", """{"code":"unauthenticated","msg":"permissions denied"}""",
        TwirpErrorCode.Unauthenticated, "permissions denied", false)]
    [InlineData(401, "text/plain", "invalid authorization token", TwirpErrorCode.Unauthenticated,
        "invalid authorization token", false)]
    [InlineData(404, "application/json", """{"code":"not_found","msg":"twirp error unknown: no room","meta":{}}""",
        TwirpErrorCode.NotFound, "twirp error unknown: no room", false)]
    [InlineData(503, "application/json", """{"code":"unavailable","msg":"no response from servers"}""",
        TwirpErrorCode.Unavailable, "no response from servers", true)]
    [InlineData(502, "text/html", "<html>no</html>", TwirpErrorCode.Unavailable, "<html>no</html>", true)]
    [InlineData(429, "application/json", """{"code":"resource_exhausted","msg":"slow"}""",
        TwirpErrorCode.ResourceExhausted, "slow", true)]
    [InlineData(500, "application/json", """{"code":"one of the future","msg":3}""", TwirpErrorCode.Unknown, "", false)]
    [InlineData(500, "application/json", "{broken", TwirpErrorCode.Unknown, "{broken", false)]
    [InlineData(200, "text/html", "<html>", TwirpErrorCode.Internal, "The answer is not protobuf.", false)]
    [InlineData(200, "application/protobuf", "zzz", TwirpErrorCode.Internal, "The answer is malformed.", false)]
    public async Task Whatever_the_server_answers_a_failure_is_typed(
        int status, string type, string body, TwirpErrorCode code, string message, bool transient)
    {
        using var http = new HttpClient(new Answering(_ =>
            Task.FromResult(Answer((HttpStatusCode)status, type, Encoding.UTF8.GetBytes(body)))));

        var failure = await Assert.ThrowsAsync<TwirpException>(
            () => new RoomServiceClient(Options, http, TimeProvider.System).ListRooms(cancellationToken: Stop));

        Assert.Equal(code, failure.Code);
        Assert.Equal((HttpStatusCode)status, failure.Status);
        Assert.Equal(message, failure.ServerMessage);
        Assert.Equal(transient, failure.IsTransient);
        Assert.Equal("RoomService/ListRooms", failure.Method);
        Assert.Contains(failure.Advice, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task What_fails_for_the_moment_is_tried_three_times(int failures, bool succeeds)
    {
        var asked = 0;
        using var http = new HttpClient(new Answering(_ => Task.FromResult(asked++ < failures
            ? Answer(HttpStatusCode.ServiceUnavailable, "text/plain", [])
            : Answer(HttpStatusCode.OK, "application/protobuf", new Room { Name = "r" }.ToByteArray()))));
        var call = new RoomServiceClient(Options, http, TimeProvider.System)
            .CreateRoom(new CreateRoomRequest { Name = "r" }, Stop);

        if (succeeds) Assert.Equal("r", (await call).Name);
        else Assert.Equal(TwirpErrorCode.Unavailable, (await Assert.ThrowsAsync<TwirpException>(() => call)).Code);
        Assert.Equal(Math.Min(3, failures + 1), asked);
    }

    [Fact]
    public async Task What_must_not_happen_twice_is_asked_once()
    {
        var asked = 0;
        using var http = new HttpClient(new Answering(_ =>
        {
            asked++;
            return Task.FromResult(Answer(HttpStatusCode.ServiceUnavailable, "text/plain", []));
        }));

        await Assert.ThrowsAsync<TwirpException>(() => new AgentDispatchClient(Options, http, TimeProvider.System)
            .CreateDispatch(new CreateAgentDispatchRequest { Room = "r", AgentName = "echo" }, Stop));

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Data_carries_a_nonce_so_that_a_repetition_arrives_once()
    {
        var nonces = new List<ByteString>();
        using var http = new HttpClient(new Answering(async request =>
        {
            nonces.Add(SendDataRequest.Parser.ParseFrom(await request.Content!.ReadAsByteArrayAsync(Stop)).Nonce);
            return nonces.Count == 1
                ? Answer(HttpStatusCode.ServiceUnavailable, "text/plain", [])
                : Answer(HttpStatusCode.OK, "application/protobuf", []);
        }));

        await new RoomServiceClient(Options, http, TimeProvider.System)
            .SendData(new SendDataRequest { Room = "r", Data = ByteString.CopyFromUtf8("x") }, Stop);

        Assert.Equal(2, nonces.Count);
        Assert.Equal(16, nonces[0].Length);
        Assert.Equal(nonces[0], nonces[1]);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var http = new HttpClient();
        var options = new LiveKitOptions { Url = new Uri("ws://127.0.0.1:1"), ApiKey = "k", ApiSecret = "s" };
        var failure = await Assert.ThrowsAsync<TwirpException>(
            () => new AgentDispatchClient(options, http, TimeProvider.System).ListDispatch("r", Stop));
        Assert.Equal((TwirpErrorCode.Unavailable, null), (failure.Code, failure.Status));
        Assert.Contains("GoTo:LiveKit:Url", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_missed_deadline_and_not_transient()
    {
        using var http = new HttpClient(new Answering(async _ =>
        {
            await Task.Delay(Timeout.Infinite, Stop);
            throw new InvalidOperationException();
        }))
        { Timeout = TimeSpan.FromMilliseconds(20) };
        var failure = await Assert.ThrowsAsync<TwirpException>(
            () => new RoomServiceClient(Options, http, TimeProvider.System).DeleteRoom("r", Stop));
        Assert.Equal(TwirpErrorCode.DeadlineExceeded, failure.Code);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public void Options_that_are_missing_are_named()
    {
        Assert.Equal(3, new LiveKitOptions().Validate().Count);
        Assert.Collection(
            new LiveKitOptions { Url = new Uri("ftp://x") }.Validate(),
            problem => Assert.Contains("GoTo:LiveKit:Url", problem, StringComparison.Ordinal),
            problem => Assert.Contains("GoTo:LiveKit:ApiKey", problem, StringComparison.Ordinal),
            problem => Assert.Contains("GoTo:LiveKit:ApiSecret", problem, StringComparison.Ordinal));
        Assert.Empty(Options.Validate());
        Assert.Equal("https://rooms.example/prefix/", Options.HttpBase.ToString());
        Assert.Equal("wss://rooms.example/prefix/", Options.SocketBase.ToString());
        Assert.Equal(
            "ws://127.0.0.1:7880/",
            new LiveKitOptions { Url = new Uri("http://127.0.0.1:7880") }.SocketBase.ToString());
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string type, byte[] body)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return response;
    }

    private sealed class Answering(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer(request).WaitAsync(cancellationToken);
    }
}
