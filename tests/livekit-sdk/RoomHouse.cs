using GoTo.Interop.Tests;
using GoTo.LiveKit;
using GoTo.Simulator.Rooms;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(ChromiumBrowser))]

namespace GoTo.LiveKitSdk.Tests;

/// <summary>A room server, and LiveKit's own clients in its rooms.</summary>
public sealed class RoomHouse(ChromiumBrowser browser) : IAsyncLifetime
{
    public const string Key = "devkey";
    public const string Secret = "a-secret-of-thirty-two-characters!";

    private readonly HttpClient _http = new();

    public RoomServer Server { get; private set; } = null!;

    public LiveKitOptions Options => new() { Url = Server.Url, ApiKey = Key, ApiSecret = Secret };

    public RoomServiceClient Rooms => new(Options, _http, TimeProvider.System);

    public AgentDispatchClient Dispatches => new(Options, _http, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Server = await RoomServer.Start(
        new RoomServerOptions { ApiKey = Key, ApiSecret = Secret }, TimeProvider.System, TestLog.Factory, Stop);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _http.Dispose();
    }

    public static string NewRoom() => $"room-{Guid.NewGuid():N}";

    public static string TokenFor(string room, string identity, Func<VideoGrant, VideoGrant>? with = null)
    {
        var grant = new VideoGrant { RoomJoin = true, Room = room, CanUpdateOwnMetadata = true };
        return new AccessToken { Identity = identity, Name = identity, Video = with?.Invoke(grant) ?? grant }
            .Sign(Key, Secret, TimeProvider.System);
    }

    /// <summary>A client of a kind: <c>rtc-node</c> or <c>livekit-client</c>, with one peer connection or two.</summary>
    internal async Task<ISdkClient> Open(string kind) =>
        kind.StartsWith("rtc-node", StringComparison.Ordinal)
            ? await NodeScript.Start("rtc-node.mjs")
            : await ChromiumPage.Open(browser);

    /// <summary>A client of a kind in a room.</summary>
    internal async Task<ISdkClient> Join(string kind, string room, string identity, Uri? url = null, string? token = null)
    {
        var client = await Open(kind);
        try
        {
            var joined = await client.Call("connect", new
            {
                url = (url ?? Server.Url).ToString(),
                token = token ?? TokenFor(room, identity),
                singlePeerConnection = !kind.EndsWith("two connections", StringComparison.Ordinal),
            });
            Assert.Equal((identity, room), ((string?)joined!["identity"], (string?)joined["room"]));
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Puts what the server logs into the output of the test that runs.</summary>
internal static class TestLog
{
    public static ILoggerFactory Factory { get; } = new Output();

    private sealed class Output : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            try
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {formatter(state, exception)} {exception}");
            }
            catch (InvalidOperationException)
            {
                // The test is over.
            }
        }
    }
}
