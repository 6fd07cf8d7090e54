using System.Net;
using System.Net.WebSockets;
using GoTo.Simulator.Cloud;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Api.Tests;

/// <summary>
/// The simulated cloud and a client of it in a <see cref="VirtualWorld"/>: the real endpoints and the real client, with a
/// network between them that loses replies and cuts lines.
/// </summary>
internal sealed class VirtualCloud : IAsyncDisposable
{
    private readonly VirtualWorld _world;
    private readonly Random _chance;
    private readonly InProcessServer _server;
    private readonly ServiceProvider _services;
    private readonly List<MemorySocket> _lines = [];

    private VirtualCloud(VirtualWorld world, int seed, InProcessServer server, GoToCloud cloud)
    {
        (_world, _server, Cloud) = (world, server, cloud);
        _chance = new Random(seed);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(world.Clock);
        services.AddGoToApi(seed);
        services.AddSingleton<SocketConnector>(Connect);
        services.AddHttpClient(ApiTransport.HttpClientName)
            .ConfigurePrimaryHttpMessageHandler(() => new Network(this)).SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        _services = services.BuildServiceProvider();
        Api = _services.GetRequiredService<GoToApi>();
        Account = Given.Options(cloud);
        Tokens = new LoggedInAccount(Api.Tokens(Account), world.Clock);
    }

    public GoToCloud Cloud { get; }

    public GoToApi Api { get; }

    public GoToAccountOptions Account { get; }

    public LoggedInAccount Tokens { get; }

    /// <summary>How likely the reply to a request is lost after it was carried out, and the request before.</summary>
    public double Loss { get; set; }

    public int Lost { get; private set; }

    public static async Task<VirtualCloud> Start(VirtualWorld world, int seed, GoToCloudOptions options)
    {
        var server = new InProcessServer();
        var cloud = await GoToCloud.Start(options with { Seed = seed }, world.Clock, NullLoggerFactory.Instance, server);
        return new VirtualCloud(world, seed, server, cloud);
    }

    /// <summary>Cuts every line.</summary>
    public void Cut()
    {
        foreach (var line in _lines)
            line.Cut();
        _lines.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await _services.DisposeAsync();
        Tokens.Dispose();
    }

    private TimeSpan Delay() => TimeSpan.FromMilliseconds(20 + (130 * _chance.NextDouble()));

    private async Task<WebSocket> Connect(
        Uri address, SocketCredentials credentials, EventStreamOptions options, CancellationToken cancellation)
    {
        await Task.Delay(Delay(), _world.Clock, cancellation);
        var (socket, status) = await _server.Open(address, credentials.Bearer, () => MemorySocket.Pair(_world.Clock, Delay));
        if (socket is null)
            throw new EventSocketException($"the event WebSocket was refused with HTTP {status}", (HttpStatusCode)status);
        _lines.Add(socket);
        return socket;
    }

    private sealed class Network(VirtualCloud owner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var reply = new TaskCompletionSource<HttpResponseMessage>();
            cancellationToken.Register(() => VirtualWorld.Outside(() => reply.TrySetCanceled(cancellationToken)));
            _ = Carry(request, reply);
            return reply.Task;
        }

        private async Task Carry(HttpRequestMessage request, TaskCompletionSource<HttpResponseMessage> reply)
        {
            await owner._world.Enter();
            await Task.Delay(owner.Delay(), owner._world.Clock);
            var luck = owner._chance.NextDouble();
            if (luck < owner.Loss / 2)
            {
                Fail(HttpRequestError.ConnectionError);
                return;
            }

            var message = await owner._server.Serve(request, owner._world.Clock.GetUtcNow());
            await Task.Delay(owner.Delay(), owner._world.Clock);
            if (luck < owner.Loss)
                Fail(HttpRequestError.ResponseEnded);
            else
                VirtualWorld.Outside(() => reply.TrySetResult(message));

            void Fail(HttpRequestError error)
            {
                owner.Lost++;
                VirtualWorld.Outside(() => reply.TrySetException(new HttpRequestException(error, "lost on the way")));
            }
        }
    }
}
