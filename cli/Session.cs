using System.CommandLine;
using GoTo.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GoTo.Cli;

/// <summary>A connection to the cluster, for one command.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IHost _host;

    private Session(IHost host) => _host = host;

    public IGoTo GoTo => _host.Services.GetRequiredService<IGoTo>();

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <exception cref="ClusterOutOfReachException">Nobody answered within ten seconds.</exception>
    public static async Task<Session> Connect(GlobalOptions options, ParseResult parsed, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "goto" });
        builder.Logging.ClearProviders();
        builder.AddGoToClient(client => options.Configure(client, parsed));
        var session = new Session(builder.Build());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            await session._host.StartAsync(patience.Token);
            return session;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            session._host.Dispose();
            throw new ClusterOutOfReachException();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>No silo answers.</summary>
internal sealed class ClusterOutOfReachException() : Exception(
    "No silo answers. Is one running? Say where with --redis, or --gateway-port for a silo on this machine.");
