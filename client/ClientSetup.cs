using GoTo.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace GoTo;

/// <summary>Makes a .NET service a client of the cluster.</summary>
public static class ClientSetup
{
    /// <summary>
    /// Adds <see cref="IGoTo"/>. The cluster is found by the same settings as a silo's: <c>ConnectionStrings:Redis</c> and
    /// <c>GoTo:Cluster:ServiceId</c>, <c>:ClusterId</c>; without Redis, a silo on this machine at
    /// <c>GoTo:Cluster:GatewayPort</c> (30000 unless set). <c>GoTo:Client:Actor</c>, <c>:Tenant</c> and <c>:Region</c> are the
    /// client's own. Waits for a silo when none is up yet.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">What overrules the configuration.</param>
    public static IHostApplicationBuilder AddGoToClient(this IHostApplicationBuilder builder, Action<GoToClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddGoToClient(options =>
        {
            builder.Configuration.GetSection("GoTo:Cluster").Bind(options);
            builder.Configuration.GetSection("GoTo:Client").Bind(options);
            options.Redis ??= builder.Configuration.GetConnectionString("Redis");
            options.Actor ??= builder.Environment.ApplicationName;
            configure?.Invoke(options);
        });
        return builder;
    }

    /// <summary>Adds <see cref="IGoTo"/> to services that are hosted in any way; the host's start connects it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Where the cluster is, and in whose name the client asks.</param>
    public static IServiceCollection AddGoToClient(this IServiceCollection services, Action<GoToClientOptions>? configure = null)
    {
        var options = new GoToClientOptions();
        configure?.Invoke(options);
        services.AddOrleansClient(client =>
        {
            if (options.Redis is { } redis)
                client.UseRedisClustering(redis).Configure<ClusterOptions>(o => (o.ServiceId, o.ClusterId) = (options.ServiceId, options.ClusterId));
            else
                client.UseLocalhostClustering(options.GatewayPort, options.ServiceId, options.ClusterId);
            client.AddActivityPropagation();
            client.AddOutgoingGrainCallFilter(call => InTheNameOf(options, call));
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), token);
                return true;
            });
        });
        return services.AddGoToCalls(options);
    }

    /// <summary>Adds <see cref="IGoTo"/> to a host that already reaches the cluster's grains, such as a silo.</summary>
    public static IServiceCollection AddGoToCalls(this IServiceCollection services) => services.AddGoToCalls(new GoToClientOptions());

    private static IServiceCollection AddGoToCalls(this IServiceCollection services, GoToClientOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IGoTo>(provider => new GoToClient(
            provider.GetRequiredService<IGrainFactory>(), options, provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static async Task InTheNameOf(GoToClientOptions options, IOutgoingGrainCallContext call)
    {
        if (options.Actor is { } actor && RequestContext.Get("actor") is null) RequestContext.Set("actor", actor);
        if (options.Tenant is { } tenant && RequestContext.Get("tenant") is null) RequestContext.Set("tenant", tenant);
        await call.Invoke();
    }
}
