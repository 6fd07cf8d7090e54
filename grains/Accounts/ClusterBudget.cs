using System.Diagnostics;
using GoTo.Api;
using Microsoft.Extensions.Logging;

namespace GoTo.Accounts;

/// <summary>Who keeps an account's one request budget: its grain.</summary>
internal interface IBudgetOwner
{
    Task<BudgetAnswer> Take(BudgetDemand demand, TimeSpan waited, CancellationToken cancellation);

    Task<int> HandOut(string holder, int held);

    Task Limited(BudgetCategory category, TimeSpan? retryAfter);
}

/// <summary>
/// A silo's part in an account's request budget. A few permits are at hand, so that hanging up and answering never wait
/// for a message to another silo; everything else asks the owner, who knows of all silos. When the owner cannot be
/// reached requests leave uncounted: GoTo's own limit is the lesser harm than calls that nobody hangs up.
/// </summary>
internal sealed class ClusterBudget : IRequestBudget
{
    /// <summary>How often the permits at hand are renewed; they live six times as long.</summary>
    public static readonly TimeSpan RenewPeriod = TimeSpan.FromSeconds(5);

    // Below the 30 s after which a grain call counts as failed.
    private static readonly TimeSpan LongestAsk = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly IBudgetOwner _owner;
    private readonly string _silo;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _permits;
    private long _permitsAsked;
    private bool _renewing;
    private bool _again;
    private volatile bool _left;

    public ClusterBudget(IBudgetOwner owner, string silo, TimeProvider time, ILogger logger)
    {
        (_owner, _silo, _time, _logger) = (owner, silo, time, logger);
        _timer = time.CreateTimer(_ => _ = Renew(), null, TimeSpan.Zero, RenewPeriod);
    }

    public async ValueTask<BudgetAnswer> Take(BudgetDemand demand, CancellationToken cancellation)
    {
        if (demand is { Category: BudgetCategory.CallControl, Priority: RequestPriority.Urgent } && TakePermit())
        {
            _ = Renew();
            return BudgetAnswer.Go;
        }
        if (_left) return BudgetAnswer.Go;
        var since = _time.GetTimestamp();
        while (true)
        {
            var waited = _time.GetElapsedTime(since);
            var left = demand.Patience - waited;
            var ask = left < LongestAsk ? left : LongestAsk;
            try
            {
                var answer = await _owner.Take(demand with { Patience = ask }, waited, cancellation);
                if (answer.Granted || left <= LongestAsk) return answer;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                _logger.BudgetOutOfReach(e.Message);
                return BudgetAnswer.Go;
            }
        }
    }

    public void Limited(BudgetCategory category, TimeSpan? retryAfter)
    {
        _logger.Limited(category, retryAfter);
        if (_left) return;
        _ = Tell();

        async Task Tell()
        {
            LeaveCaller();
            try
            {
                await _owner.Limited(category, retryAfter);
            }
            catch (Exception e)
            {
                _logger.BudgetOutOfReach(e.Message);
            }
        }
    }

    /// <summary>The silo stops: grains can no longer be asked, and what it still has to say to GoTo is little.</summary>
    public void Leave()
    {
        _left = true;
        _timer.Dispose();
    }

    private bool TakePermit()
    {
        lock (_gate)
        {
            if (_permits <= 0 || _time.GetElapsedTime(_permitsAsked) >= RequestBudget.PermitLife) return false;
            _permits--;
            return true;
        }
    }

    /// <summary>Tells the owner what was used and takes what it hands out; one such exchange at a time.</summary>
    private async Task Renew()
    {
        LeaveCaller();
        lock (_gate)
        {
            _again = _renewing;
            if (_renewing || _left) return;
            _renewing = true;
        }
        var more = true;
        while (more)
        {
            int held;
            long asked;
            lock (_gate)
            {
                asked = _time.GetTimestamp();
                // What is too old to be used is old enough to have been written off.
                if (_time.GetElapsedTime(_permitsAsked) >= RequestBudget.PermitLife) _permits = 0;
                (held, _again) = (_permits, false);
            }
            int? has = null;
            try
            {
                has = await _owner.HandOut(_silo, held);
            }
            catch (Exception e)
            {
                _logger.BudgetOutOfReach(e.Message);
            }
            lock (_gate)
            {
                // What was used while the answer was on its way is told with the next asking.
                if (has is { } given) (_permits, _permitsAsked) = (given - (held - _permits), asked);
                more = _again && has is not null;
                _renewing = more;
            }
        }
    }

    /// <summary>What follows is nobody's request: it belongs in no call's trace.</summary>
    private static void LeaveCaller()
    {
        Activity.Current = null;
        RequestContext.Clear();
    }
}

internal static partial class ClusterBudgetLog
{
    [LoggerMessage(1170, LogLevel.Debug, "The request budget could not be asked; the request leaves uncounted. {Detail}")]
    public static partial void BudgetOutOfReach(this ILogger logger, string detail);

    [LoggerMessage(1171, LogLevel.Warning, "GoTo refused a request of {Category} with 429 (Retry-After: {RetryAfter}); fewer are sent for a while")]
    public static partial void Limited(this ILogger logger, BudgetCategory category, TimeSpan? retryAfter);
}
