using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace GoTo.Api;

/// <summary>A request's claim on a budget, as it travels with the request through the pipeline.</summary>
internal sealed record BudgetedRequest(IRequestBudget Budget, BudgetDemand Demand);

/// <summary>A budget's answer in the form that the pipeline's rate limiter takes.</summary>
internal sealed class BudgetLease(BudgetAnswer answer) : RateLimitLease
{
    public override bool IsAcquired => answer.Granted;

    public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

    public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
    {
        metadata = !answer.Granted && metadataName == MetadataName.RetryAfter.Name ? answer.RetryAfter : null;
        return metadata is not null;
    }
}
