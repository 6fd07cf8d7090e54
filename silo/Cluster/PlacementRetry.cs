using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace GoTo.Silo.Cluster;

/// <summary>
/// Orleans looks again for the silo of a grain when the one that knows of it does not answer, but not when it is declared dead
/// at just that moment: then the lookup is cancelled, and whoever called the grain is told that its call was cancelled, which
/// it never asked for. This takes the place of Orleans' own policy, and looks again then, too. A call that has no silo yet was
/// done nowhere.
/// </summary>
internal static class PlacementRetry
{
    /// <summary>Orleans' name for the policy (<c>OrleansRuntimeResiliencePolicies</c>, 10.4.2). The first that is added counts.</summary>
    internal const string Policy = "Orleans.Placement";

    /// <summary>Must be called before Orleans adds its own.</summary>
    public static void AddPlacementRetry(this IServiceCollection services) =>
        services.AddResiliencePipeline<string, SiloAddress>(Policy, (policy, context) =>
        {
            var options = context.ServiceProvider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value;
            policy.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            policy.AddTimeout(new TimeoutStrategyOptions { Timeout = options.PlacementTimeout });
            policy.AddRetry(new RetryStrategyOptions<SiloAddress>
            {
                MaxRetryAttempts = options.PlacementMaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = options.PlacementRetryBaseDelay,
                UseJitter = true,
                ShouldHandle = attempt => ValueTask.FromResult(MayPass(attempt.Outcome.Exception, attempt.Context.CancellationToken)),
            });
        });

    private static bool MayPass(Exception? failure, CancellationToken stopping) =>
        failure is OrleansException or TimeoutException || failure is OperationCanceledException && !stopping.IsCancellationRequested;
}
