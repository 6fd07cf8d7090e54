using Orleans.Dashboard;

namespace GoTo.Silo.Operations;

internal static class OperationsEndpoints
{
    /// <summary>
    /// What operators see: the Orleans dashboard at <c>/dashboard</c>, and <c>/healthz</c>. The dashboard has no log-in of
    /// its own and shows grain state: bind it to an address that only operators reach.
    /// </summary>
    public static WebApplication MapOperations(this WebApplication app)
    {
        app.MapOrleansDashboard("/dashboard");
        app.MapHealthChecks("/healthz");
        return app;
    }
}
