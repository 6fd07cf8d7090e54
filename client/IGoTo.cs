using GoTo.Accounts;

namespace GoTo.Client;

/// <summary>The cluster as other services see it. Get it from the services after <c>AddGoToClient()</c>.</summary>
public interface IGoTo
{
    /// <summary>The calls: place them, and do with them what there is to do.</summary>
    ICalls Calls { get; }

    /// <summary>The registry of numbers.</summary>
    INumbers Numbers { get; }

    /// <summary>The tenants and their quotas.</summary>
    ITenants Tenants { get; }

    /// <summary>What is on record of calls that have ended, and of who did what.</summary>
    IRecords Records { get; }

    /// <summary>Many calls at once, live.</summary>
    IWatch Watch { get; }

    /// <summary>How the event channel of an account stands: connected or not, and what last went wrong.</summary>
    /// <param name="account">The account's name in the cluster's configuration.</param>
    Task<EventChannelSnapshot> Channel(string account);
}
