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
    /// <c>GoTo:Cluster:GatewayPort</c> (30000 unless set). Waits for a silo when none is up yet.
    /// </summary>
    public static IHostApplicationBuilder AddGoToClient(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = builder.Configuration.GetSection("GoTo:Cluster");
        var (service, cluster) = (settings["ServiceId"] ?? "goto", settings["ClusterId"] ?? "goto");
        var redis = builder.Configuration.GetConnectionString("Redis");
        builder.UseOrleansClient(client =>
        {
            if (redis is null)
                client.UseLocalhostClustering(settings.GetValue("GatewayPort", 30000), service, cluster);
            else
                client.UseRedisClustering(redis).Configure<ClusterOptions>(o => (o.ServiceId, o.ClusterId) = (service, cluster));
            client.AddActivityPropagation();
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), token);
                return true;
            });
        });
        builder.Services.AddGoToCalls();
        return builder;
    }

    /// <summary>Adds <see cref="IGoTo"/> to a host that already reaches the cluster's grains, such as a silo.</summary>
    public static IServiceCollection AddGoToCalls(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IGoTo, GoToClient>();
        return services;
    }
}
