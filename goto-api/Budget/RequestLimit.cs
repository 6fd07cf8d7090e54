namespace GoTo.Api;

/// <summary>So many requests within any span of this length.</summary>
/// <param name="Requests">How many, one at least.</param>
/// <param name="Span">The span's length.</param>
public sealed record RequestLimit(int Requests, TimeSpan Span);

/// <summary>What GoTo takes of each category.</summary>
/// <param name="CallControl">The Web Calls API.</param>
/// <param name="CallEvents">Channels and subscriptions.</param>
/// <param name="Directory">Lines and users.</param>
public sealed record RequestLimits(RequestLimit CallControl, RequestLimit CallEvents, RequestLimit Directory)
{
    /// <summary>The limits of an account: its dialect's, where its options name no others.</summary>
    public static RequestLimits Of(GoToAccountOptions account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var usual = Dialect.Of(account).Limits;
        return new RequestLimits(
            usual.CallControl with { Requests = account.CallControlLimit ?? usual.CallControl.Requests },
            usual.CallEvents with { Requests = account.CallEventsLimit ?? usual.CallEvents.Requests },
            usual.Directory with { Requests = account.DirectoryLimit ?? usual.Directory.Requests });
    }

    internal RequestLimit this[BudgetCategory category] => category switch
    {
        BudgetCategory.CallControl => CallControl,
        BudgetCategory.CallEvents => CallEvents,
        _ => Directory,
    };
}
