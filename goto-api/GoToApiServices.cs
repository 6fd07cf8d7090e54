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
    public static IServiceCollection AddGoToApi(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        var http = services.AddHttpClient(ApiTransport.HttpClientName, client =>
        {
            client.MaxResponseContentBufferSize = ApiTransport.LargestReply;
            client.Timeout = TimeSpan.FromSeconds(30);
        });
        http.UseSocketsHttpHandler((handler, _) =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            // A redirect would carry the token to an address that nobody configured.
            handler.AllowAutoRedirect = false;
            handler.UseCookies = false;
        });
        // ApiTransport logs operation and status; the factory's own loggers would write addresses and headers.
        http.RemoveAllLoggers();
        http.AddResilienceHandler("goto", (pipeline, context) =>
            Retries.Configure(pipeline, context.ServiceProvider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new GoToApi(
            new ApiTransport(
                provider.GetRequiredService<IHttpClientFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ApiTransport>>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
