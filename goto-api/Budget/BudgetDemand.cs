namespace GoTo.Api;

/// <summary>Requests that GoTo counts together (specification section 9.1). Token requests have a pace of their own.</summary>
public enum BudgetCategory
{
    /// <summary>The Web Calls API: placing calls and controlling them.</summary>
    CallControl,

    /// <summary>Channels and subscriptions.</summary>
    CallEvents,

    /// <summary>Lines and users.</summary>
    Directory,
}

/// <summary>How much a request matters when there are more than GoTo takes; the first matters most.</summary>
public enum RequestPriority
{
    /// <summary>Hanging up, answering, refusing: a person hears it when they wait.</summary>
    Urgent,

    /// <summary>Placing and transferring calls.</summary>
    Transfer,

    /// <summary>Hold, mute, DTMF.</summary>
    Control,

    /// <summary>Asking, subscribing.</summary>
    Read,

    /// <summary>Late ICE candidates, which the connection can do without.</summary>
    Candidate,
}

/// <summary>A request that wants to leave.</summary>
/// <param name="Category">What GoTo counts it as.</param>
/// <param name="Priority">How much it matters.</param>
/// <param name="Tenant">On whose behalf, for fair shares; empty when on nobody's in particular.</param>
/// <param name="Patience">How long it may wait; later it is of no use.</param>
public readonly record struct BudgetDemand(
    BudgetCategory Category, RequestPriority Priority, string Tenant, TimeSpan Patience)
{
    /// <summary>
    /// How long a request of this priority is worth waiting for: a person gives up on a mute sooner than on a hang-up.
    /// </summary>
    public static TimeSpan PatienceOf(RequestPriority priority) => priority switch
    {
        RequestPriority.Urgent or RequestPriority.Read => TimeSpan.FromSeconds(30),
        RequestPriority.Transfer => TimeSpan.FromSeconds(10),
        _ => TimeSpan.FromSeconds(5),
    };
}

/// <summary>Whether a request may leave.</summary>
/// <param name="Granted">True: now.</param>
/// <param name="RetryAfter">Otherwise: how long it would have to wait at the least.</param>
public readonly record struct BudgetAnswer(bool Granted, TimeSpan RetryAfter)
{
    /// <summary>It may leave now.</summary>
    public static readonly BudgetAnswer Go = new(true, TimeSpan.Zero);
}
