using GoTo.Silo.Cluster;
using GoTo.Silo.Operations;
using GoTo.Silo.Storage;
using GoTo.Silo.Telemetry;

namespace GoTo.Silo;

/// <summary>
/// The production silo: cluster, grains, media, telemetry, dashboard and health in one host. Configured like any
/// ASP.NET Core host: <c>appsettings.json</c>, environment variables (<c>GoTo__Accounts__main__ClientId</c>), arguments.
/// </summary>
public static class GoToSilo
{
    /// <summary>Builds the host; nothing is started yet.</summary>
    /// <param name="args">Command line arguments, as in <c>--urls http://127.0.0.1:8080</c>.</param>
    /// <param name="configure">Adds to the configuration before the host is composed.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        configure?.Invoke(builder);
        builder.AddGoToTelemetry();
        builder.AddGoToCluster();
        builder.Services.AddGoToGrains();
        builder.AddGoToKeys();
        builder.Services.AddHealthChecks().AddCheck<SiloHealth>(SiloHealth.Name).AddCheck<DrainHealth>(DrainHealth.Name);
        var app = builder.Build();
        app.MapOperations();
        return app;
    }
}
