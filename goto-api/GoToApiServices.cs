using System.Diagnostics.Metrics;
using GoTo.Api;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of GoTo's API clients.</summary>
public static class GoToApiServices
{
    /// <summary>
    /// Adds <see cref="GoToApi"/> with its pooled HTTP connections and retries. Time is taken from a registered
    /// <see cref="TimeProvider"/>, else from the system.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="seed">The seed of the retries' jitter, for repeatable tests. Default: none.</param>
    public static IServiceCollection AddGoToApi(this IServiceCollection services, int? seed = null)
    {
        var random = seed is { } known ? new Random(known) : Random.Shared;
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        var http = services.AddHttpClient(ApiTransport.HttpClientName, client =>
        {
            client.MaxResponseContentBufferSize = ApiTransport.LargestReply;
            // Each attempt has a limit of its own; the waits between them and for the budget are bounded by themselves.
            client.Timeout = Timeout.InfiniteTimeSpan;
        });
        http.ConfigurePrimaryHttpMessageHandler(() => new TrustedConnections());
        // ApiTransport logs operation and status; the factory's own loggers would write addresses and headers.
        http.RemoveAllLoggers();
        http.AddResilienceHandler("goto", (pipeline, context) =>
            Retries.Configure(
                pipeline, context.ServiceProvider.GetRequiredService<TimeProvider>(), random.NextDouble));
        http.AddHttpMessageHandler(provider => new WholeReplies(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new GoToApi(
            new ApiTransport(
                provider.GetRequiredService<IHttpClientFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<IMeterFactory>(),
                provider.GetRequiredService<ILogger<ApiTransport>>()),
            provider.GetService<SocketConnector>() ?? NetworkSocket.Connect,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
