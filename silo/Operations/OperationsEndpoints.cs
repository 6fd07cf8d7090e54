using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Orleans.Dashboard;

namespace GoTo.Silo.Operations;

internal static class OperationsEndpoints
{
    /// <summary>
    /// What operators see: the Orleans dashboard at <c>/dashboard</c>, and how the silo is. <c>/livez</c>: the process answers.
    /// <c>/healthz</c>: the cluster counts the silo as active. <c>/readyz</c>: that, and it has not been told to stop. The
    /// dashboard has no log-in of its own and shows grain state: bind it to an address that only operators reach.
    /// </summary>
    public static WebApplication MapOperations(this WebApplication app)
    {
        app.MapOrleansDashboard("/dashboard");
        app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = check => check.Name == SiloHealth.Name });
        app.MapHealthChecks("/readyz");
        return app;
    }
}
