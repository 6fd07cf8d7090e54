using GoTo.Silos;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GoTo.Silo.Operations;

/// <summary>Not ready from the signal to stop on: nothing new is to come here.</summary>
internal sealed class DrainHealth(Draining draining) : IHealthCheck
{
    public const string Name = "drain";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(draining.IsUnderWay ? HealthCheckResult.Unhealthy("The silo stops.") : HealthCheckResult.Healthy());
}
