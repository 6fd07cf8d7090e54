using System.Net;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.LiveKit.Tests;

public sealed class JoinTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_the_wrong_secret_is_refused_with_the_servers_words()
    {
        var token = Token(new VideoGrant { RoomJoin = true, Room = "r" }, secret: "wrong");
        var refused = await Assert.ThrowsAsync<RoomJoinException>(() => Join(token));
        Assert.Equal((RoomJoinStep.Refused, HttpStatusCode.Unauthorized), (refused.Step, refused.Status));
        Assert.StartsWith("invalid authorization token", refused.ServerText, StringComparison.Ordinal);
        Assert.DoesNotContain(token, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_needs_the_grant_a_room_and_an_identity()
    {
        await Refused(Token(new VideoGrant { Room = "r" }), HttpStatusCode.Unauthorized, "permissions denied");
        await Refused(Token(new VideoGrant { RoomJoin = true }), HttpStatusCode.BadRequest, "no room name");
        await Refused(
            Token(new VideoGrant { RoomJoin = true, Room = "r" }, identity: null), HttpStatusCode.BadRequest,
            "identity cannot be empty");
    }

    [Fact]
    public async Task A_room_that_does_not_exist_is_refused_where_joining_does_not_create_it()
    {
        await using var server = await RoomServer.Start(
            new RoomServerOptions { ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret, AutoCreate = false },
            TimeProvider.System, NullLoggerFactory.Instance, Stop);
        var refused = await Assert.ThrowsAsync<RoomJoinException>(
            () => Join(RoomHouse.TokenFor("absent", "me"), server.Url));
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        Assert.Equal("requested room does not exist", refused.ServerText);
    }

    [Fact]
    public async Task A_server_that_is_not_there_cannot_be_reached()
    {
        var failed = await Assert.ThrowsAsync<RoomJoinException>(
            () => Join(RoomHouse.TokenFor("r", "me"), new Uri("ws://127.0.0.1:1")));
        Assert.Equal((RoomJoinStep.Connect, null), (failed.Step, failed.Status));
        Assert.Contains("ws://127.0.0.1:1", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_cannot_work_are_named()
    {
        var failed = await Assert.ThrowsAsync<RoomJoinException>(() => Join("", house.Server.Url));
        Assert.Equal(RoomJoinStep.Options, failed.Step);
        Assert.Contains("JoinOptions.Token", failed.Message, StringComparison.Ordinal);
        failed = await Assert.ThrowsAsync<RoomJoinException>(() => Join("t", new Uri("ftp://127.0.0.1")));
        Assert.Contains("JoinOptions.Url", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_given_up_leaves_nobody_in_the_room()
    {
        var room = RoomHouse.NewRoom();
        using var givenUp = new CancellationTokenSource();
        var joining = RoomParticipant.Join(
            house.JoinOptionsFor(room, "me"), house.Engine, new RoomRecord(), TimeProvider.System,
            NullLoggerFactory.Instance, givenUp.Token);
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining);
        await using var other = await house.Join(room, "other");
        await other.WaitUntil(seen => seen.Participants.Count == 0, Stop);
    }

    [Fact]
    public async Task A_broken_signalling_socket_ends_a_participant_that_does_not_resume_and_the_others_see_it_leave()
    {
        var room = RoomHouse.NewRoom();
        await using var other = await house.Join(room, "other");
        await using var proxy = new CuttableProxy(house.Server.Url);
        var record = new RoomRecord();
        await using var caller = await RoomParticipant.Join(
            new JoinOptions
            {
                Url = proxy.Url, Token = RoomHouse.TokenFor(room, "caller"), ResumeTimeout = TimeSpan.Zero,
                ReconnectTimeout = TimeSpan.Zero,
            },
            house.Engine, record,
            TimeProvider.System, NullLoggerFactory.Instance, Stop);
        await other.WaitForAudio(who => who.Identity == "caller", Stop);

        proxy.Cut();

        var end = await record.Disconnected;
        Assert.Equal(RoomDisconnectCause.SignalLost, end.Cause);
        Assert.True(end.CanRejoin);
        Assert.Equal(PeerState.Closed, caller.Peer.State);
        await other.WaitUntil(seen => seen.Participants.Count == 0, Stop);
    }

    [Fact]
    public async Task A_silent_server_ends_the_participant_after_the_ping_time_out()
    {
        var time = new FakeTimeProvider();
        var record = new RoomRecord();
        await using var caller = await RoomParticipant.Join(
            new JoinOptions
            {
                Url = house.Server.Url, Token = RoomHouse.TokenFor(RoomHouse.NewRoom(), "caller"),
                ResumeTimeout = TimeSpan.Zero,
                ReconnectTimeout = TimeSpan.Zero,
            },
            house.Engine, record, time,
            NullLoggerFactory.Instance, Stop);
        time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.Null(caller.Disconnect);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(RoomDisconnectCause.SignalSilent, (await record.Disconnected).Cause);
    }

    [Fact]
    public async Task A_server_that_shuts_down_says_so_and_can_be_joined_again()
    {
        var server = await RoomHouse.StartServer(Stop);
        var record = new RoomRecord();
        await using var caller = await RoomParticipant.Join(
            new JoinOptions { Url = server.Url, Token = RoomHouse.TokenFor("r", "caller"), ReconnectTimeout = TimeSpan.Zero },
            house.Engine, record,
            TimeProvider.System, NullLoggerFactory.Instance, Stop);
        await server.DisposeAsync();
        var end = await record.Disconnected;
        Assert.Equal((RoomDisconnectCause.ServerLeave, DisconnectReason.ServerShutdown), (end.Cause, end.Reason));
        Assert.True(end.CanRejoin);
    }

    [Fact]
    public async Task Nothing_that_is_logged_contains_the_token()
    {
        var lines = new Lines();
        using var logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(lines));
        var options = house.JoinOptionsFor(RoomHouse.NewRoom(), "caller");
        var caller = await RoomParticipant.Join(
            options, house.Engine, new RoomRecord(), TimeProvider.System, logs, Stop);
        await caller.DisposeAsync();
        Assert.Contains(lines.All, line => line.Contains("joined room", StringComparison.Ordinal));
        Assert.Contains(lines.All, line => line.Contains("LocalLeave", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.All, line => line.Contains(options.Token[..30], StringComparison.Ordinal));
    }

    private static string Token(VideoGrant grant, string secret = RoomHouse.Secret, string? identity = "me") =>
        new AccessToken { Identity = identity, Video = grant }.Sign(RoomHouse.Key, secret, TimeProvider.System);

    private async Task Refused(string token, HttpStatusCode status, string text)
    {
        var refused = await Assert.ThrowsAsync<RoomJoinException>(() => Join(token));
        Assert.Equal((RoomJoinStep.Refused, status, text), (refused.Step, refused.Status, refused.ServerText));
    }

    private Task<RoomParticipant> Join(string token, Uri? url = null) => RoomParticipant.Join(
        new JoinOptions { Url = url ?? house.Server.Url, Token = token }, house.Engine, new RoomRecord(),
        TimeProvider.System, NullLoggerFactory.Instance, Stop);

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
