using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GoTo.Api.Tests;

/// <summary>
/// Serves an application to callers in the same process, on the caller's own thread: no socket, no thread pool, and so
/// the same order in every run.
/// </summary>
internal sealed class InProcessServer : IServer
{
    public static readonly Uri Address = new("http://127.0.0.1:9200/");

    private Func<IFeatureCollection, Task>? _serve;

    public InProcessServer() => Features.Set<IServerAddressesFeature>(
        new ServerAddressesFeature { Addresses = { Address.AbsoluteUri } });

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _serve = async features =>
        {
            var context = application.CreateContext(features);
            try
            {
                await application.ProcessRequestAsync(context);
                application.DisposeContext(context, null);
            }
            catch (Exception failure)
            {
                application.DisposeContext(context, failure);
                throw;
            }
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    /// <summary>Carries a request out and gives its reply.</summary>
    public async Task<HttpResponseMessage> Serve(HttpRequestMessage request, DateTimeOffset now)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
        var (features, reply) = NewRequest(request.Method.Method, request.RequestUri!, body);
        var headers = features.GetRequiredFeature<IHttpRequestFeature>().Headers;
        foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []))
            headers[name] = values.ToArray();
        await _serve!(features);
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode)
        {
            RequestMessage = request, Content = new ByteArrayContent(reply.ToArray()),
        };
        foreach (var (name, values) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, [.. values]))
                message.Content.Headers.TryAddWithoutValidation(name, [.. values]);
        }

        message.Headers.Date = now;
        return message;
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <returns>The client's end, or the status that it was refused with.</returns>
    public async Task<(MemorySocket? Socket, int Status)> Open(Uri address, string? bearer, Func<(MemorySocket, MemorySocket)> pair)
    {
        var (features, _) = NewRequest("GET", address, []);
        if (bearer is not null)
            features.GetRequiredFeature<IHttpRequestFeature>().Headers.Authorization = $"Bearer {bearer}";
        var accepted = new Acceptance(pair);
        features.Set<IHttpWebSocketFeature>(accepted);
        features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted.Register(() => accepted.Client?.Cut());
        var serving = _serve!(features);
        if (accepted.Client is null)
            await serving;
        return (accepted.Client, features.GetRequiredFeature<IHttpResponseFeature>().StatusCode);
    }

    private static (FeatureCollection Features, MemoryStream Reply) NewRequest(string method, Uri address, byte[] body)
    {
        var reply = new MemoryStream();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = method,
            Scheme = "http",
            Path = Uri.UnescapeDataString(address.AbsolutePath),
            QueryString = address.Query,
            Body = new MemoryStream(body),
            Headers = new HeaderDictionary { ["Host"] = address.Authority },
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(reply));
        features.Set<IHttpRequestLifetimeFeature>(new Lifetime());
        return (features, reply);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource _aborted = new();

        public Lifetime() => RequestAborted = _aborted.Token;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => _aborted.Cancel();

        public void Dispose() => _aborted.Dispose();
    }

    private sealed class Acceptance(Func<(MemorySocket Client, MemorySocket Server)> pair) : IHttpWebSocketFeature
    {
        public MemorySocket? Client { get; private set; }

        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context)
        {
            (Client, var server) = pair();
            return Task.FromResult<WebSocket>(server);
        }
    }
}
