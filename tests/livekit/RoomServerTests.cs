using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Rooms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>What the room server must share with LiveKit's beyond a working call.</summary>
public sealed class RoomServerTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Uri Http => house.Options.HttpBase;

    [Fact]
    public async Task Requests_without_a_good_token_get_livekits_401s()
    {
        var (status, type, body) = await Post("RoomService/ListRooms", "{}", token: null);
        Assert.Equal((HttpStatusCode.Unauthorized, "application/json"), (status, type));
        Assert.Equal("""{"code":"unauthenticated","msg":"permissions denied"}""", body);

        (status, type, _) = await Post("RoomService/ListRooms", "{}", "no token");
        Assert.Equal((HttpStatusCode.Unauthorized, "text/plain"), (status, type));

        (status, type, _) = await Post("RoomService/ListRooms", "{}", Token(new VideoGrant { RoomCreate = true }));
        Assert.Equal((HttpStatusCode.Unauthorized, "application/json"), (status, type));

        (status, _, _) = await Post(
            "RoomService/ListParticipants", """{"room":"a"}""", Token(new VideoGrant { RoomAdmin = true, Room = "b" }));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task The_api_speaks_json_in_snake_case_too()
    {
        var room = RoomHouse.NewRoom();
        var (status, type, body) = await Post(
            "RoomService/CreateRoom",
            $$"""{"name":"{{room}}","emptyTimeout":7,"departure_timeout":3,"metadata":"m","of_the_future":1}""",
            Token(new VideoGrant { RoomCreate = true }));
        Assert.Equal((HttpStatusCode.OK, "application/json"), (status, type));
        var created = JsonDocument.Parse(body).RootElement;
        Assert.Equal(room, created.GetProperty("name").GetString());
        Assert.Equal(7, created.GetProperty("empty_timeout").GetInt32());
        Assert.Equal(3, created.GetProperty("departure_timeout").GetInt32());
        Assert.Equal(0, created.GetProperty("num_participants").GetInt32());
        Assert.Equal(JsonValueKind.String, created.GetProperty("creation_time").ValueKind);

        var again = await house.Rooms.CreateRoom(new CreateRoomRequest { Name = room, EmptyTimeout = 9 }, Stop);
        Assert.Equal((created.GetProperty("sid").GetString(), 7u), (again.Sid, again.EmptyTimeout));
    }

    [Theory]
    [InlineData("RoomService/NoSuchMethod", "{}", 404, "bad_route")]
    [InlineData("RoomService/CreateRoom", "{broken", 400, "malformed")]
    [InlineData("RoomService/CreateRoom", "{}", 400, "invalid_argument")]
    [InlineData("RoomService/DeleteRoom", """{"room":"absent"}""", 404, "not_found")]
    public async Task A_bad_request_gets_its_twirp_code(string method, string body, int status, string code)
    {
        var answer = await Post(method, body, Token(new VideoGrant { RoomCreate = true }));
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal(code, JsonDocument.Parse(answer.Body).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_is_absent_is_not_found()
    {
        var room = RoomHouse.NewRoom();
        Assert.Empty(await house.Rooms.ListParticipants(room, Stop));
        foreach (var call in new Func<Task>[]
        {
            () => house.Rooms.GetParticipant(room, "x", Stop),
            () => house.Rooms.RemoveParticipant(room, "x", Stop),
            () => house.Rooms.DeleteRoom(room, Stop),
            () => house.Dispatches.DeleteDispatch(room, "x", Stop),
        })
            Assert.Equal(TwirpErrorCode.NotFound, (await Assert.ThrowsAsync<TwirpException>(call)).Code);
    }

    [Fact]
    public async Task Signalling_addresses_answer_in_plain_text()
    {
        var token = RoomHouse.TokenFor("r", "me");
        var join = SignalConnector.AddressOf(
            house.Server.Url, new JoinRequest { ClientInfo = new ClientInfo { Protocol = 17 } }).Query;
        Assert.Equal((HttpStatusCode.OK, "success"), await Get("rtc/v1/validate" + join, token));
        Assert.Equal(HttpStatusCode.NotFound, (await Get("rtc/v1" + join, token)).Status);
        Assert.Equal((HttpStatusCode.BadRequest, "join_request is required"), await Get("rtc/v1/validate", token));
        Assert.Equal(
            (HttpStatusCode.BadRequest, "cannot unmarshal join_request"),
            await Get("rtc/v1/validate?join_request=%21", token));
        Assert.Equal((HttpStatusCode.Unauthorized, "permissions denied"), await Get("rtc/v1/validate" + join, null));
        Assert.Equal(HttpStatusCode.NotFound, (await Get("rtc", token)).Status);
        Assert.Equal((HttpStatusCode.OK, "success"), await Get("rtc/validate", token));
        Assert.Equal((HttpStatusCode.OK, "success"), await Get($"rtc/v1/validate{join}&access_token={token}", null));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Get("agent", token)).Status);
    }

    [Fact]
    public async Task A_room_closes_when_nobody_comes_and_when_everybody_left()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await RoomHouse.StartServer(Stop, time);
        var options = new LiveKitOptions { Url = server.Url, ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret };
        var rooms = new RoomServiceClient(options, house.Http, time);
        await rooms.CreateRoom(new CreateRoomRequest { Name = "default" }, Stop);
        await rooms.CreateRoom(new CreateRoomRequest { Name = "short", EmptyTimeout = 10 }, Stop);

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["default", "short"], await Names(rooms));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["default"], await Names(rooms));
        time.Advance(TimeSpan.FromSeconds(289));
        Assert.Equal(["default"], await Names(rooms));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await Names(rooms));
    }

    [Fact]
    public async Task A_room_stays_open_for_a_caller_and_not_for_an_agent()
    {
        await using var server = await RoomServer.Start(
            new RoomServerOptions
            {
                ApiKey = RoomHouse.Key,
                ApiSecret = RoomHouse.Secret,
                DepartureTimeout = TimeSpan.FromMilliseconds(50),
            },
            TimeProvider.System, NullLoggerFactory.Instance, Stop);
        var options = new LiveKitOptions { Url = server.Url, ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret };
        await using var echo = await EchoAgent.Start(
            new EchoAgentOptions { Server = options }, TimeProvider.System, NullLoggerFactory.Instance, Stop);
        var rooms = new RoomServiceClient(options, house.Http, TimeProvider.System);
        await rooms.CreateRoom(
            new CreateRoomRequest { Name = "r", Agents = { new RoomAgentDispatch { AgentName = "echo" } } }, Stop);
        var watcher = new RoomRecord();
        var agentToken = new AccessToken
        {
            Identity = "watching",
            Kind = ParticipantInfo.Types.Kind.Agent,
            Video = new VideoGrant { RoomJoin = true, Room = "r" },
        }.Sign(RoomHouse.Key, RoomHouse.Secret, TimeProvider.System);
        var caller = await Join(server, RoomHouse.TokenFor("r", "caller"), new RoomRecord());
        await caller.WaitForAudio(who => who.IsAgent, Stop);
        await using var agent = await Join(server, agentToken, watcher);

        await caller.Leave();

        Assert.Equal(DisconnectReason.RoomClosed, (await watcher.Disconnected).Reason);
        Assert.Empty(await Names(rooms));
    }

    [Fact]
    public async Task A_dispatch_waits_for_a_worker_of_its_name()
    {
        await using var server = await RoomHouse.StartServer(Stop);
        var options = new LiveKitOptions { Url = server.Url, ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret };
        await using var caller = await Join(
            server,
            new AccessToken
            {
                Identity = "caller",
                Video = new VideoGrant { RoomJoin = true, Room = "r" },
                RoomConfig = new RoomConfiguration { Agents = { new RoomAgentDispatch { AgentName = "late" } } },
            }.Sign(RoomHouse.Key, RoomHouse.Secret, TimeProvider.System),
            new RoomRecord());
        await using var other = await EchoAgent.Start(
            new EchoAgentOptions { Server = options, AgentName = "other" }, TimeProvider.System,
            NullLoggerFactory.Instance, Stop);
        var dispatches = new AgentDispatchClient(options, house.Http, TimeProvider.System);
        var waiting = Assert.Single(await dispatches.ListDispatch("r", Stop));
        Assert.Equal(JobStatus.JsPending, waiting.State.Jobs.Single().State.Status);
        Assert.Equal(0, other.Jobs);

        await using var late = await EchoAgent.Start(
            new EchoAgentOptions { Server = options, AgentName = "late" }, TimeProvider.System,
            NullLoggerFactory.Instance, Stop);
        var heard = await caller.WaitForAudio(who => who.IsAgent, Stop);
        Assert.Equal("late", heard.Participant.Name);
        Assert.Equal((0, 1), (other.Jobs, late.Jobs));
    }

    [Fact]
    public async Task A_port_in_use_is_a_typed_error_that_names_the_setting()
    {
        var failed = await Assert.ThrowsAsync<RoomServerStartException>(() => RoomServer.Start(
            new RoomServerOptions { ApiKey = "k", ApiSecret = "s", Port = house.Server.Url.Port }, TimeProvider.System,
            NullLoggerFactory.Instance, Stop));
        Assert.Contains("RoomServerOptions.Port", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"{house.Server.Url.Port}", failed.Message, StringComparison.Ordinal);
    }

    private static string Token(VideoGrant grant) =>
        new AccessToken { Video = grant }.Sign(RoomHouse.Key, RoomHouse.Secret, TimeProvider.System);

    private static async Task<IEnumerable<string>> Names(RoomServiceClient rooms) =>
        (await rooms.ListRooms(cancellationToken: Stop)).Select(room => room.Name).Order(StringComparer.Ordinal);

    private Task<RoomParticipant> Join(RoomServer server, string token, IRoomEvents events) => RoomParticipant.Join(
        new JoinOptions { Url = server.Url, Token = token }, house.Engine, events, TimeProvider.System,
        NullLoggerFactory.Instance, Stop);

    private async Task<(HttpStatusCode Status, string? Type, string Body)> Post(
        string method, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Http, $"twirp/livekit.{method}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await house.Http.SendAsync(request, Stop);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<(HttpStatusCode Status, string Text)> Get(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Http, path));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await house.Http.SendAsync(request, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
