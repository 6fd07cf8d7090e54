using GoTo.Accounts;
using GoTo.Api;
using GoTo.Calls;
using GoTo.Client;
using GoTo.Numbers;
using GoTo.Tenants;
using GoTo.Transfers;

namespace GoTo.Cli;

/// <summary>What <c>goto</c> ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It was asked for and did not come about.</summary>
    public const int Failed = 1;

    /// <summary>What was typed makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>There is no such call, number or transfer.</summary>
    public const int NotFound = 3;

    /// <summary>The cluster cannot be reached.</summary>
    public const int OutOfReach = 4;

    /// <summary>It belongs to another tenant, or a quota is used up.</summary>
    public const int NotAllowed = 5;

    /// <summary>The exit code of a failure that is explained by its message; null for one that is our fault.</summary>
    public static int? Of(Exception e) => e switch
    {
        OperationCanceledException => Failed,
        CallNotFoundException or TransferNotFoundException or CommandNotFoundException or KeyNotFoundException => NotFound,
        ForeignTenantException or QuotaExceededException => NotAllowed,
        CallArgumentException or InvalidDialException or InvalidRegistrationException or InvalidQuotasException => Usage,
        FormatException or FileNotFoundException or DirectoryNotFoundException => Usage,
        CallTransitionException or TransferTransitionException or CallEndedException or DialFailedException => Failed,
        JournalGapException or AccountLogInException or LogInRefusedException or GoToApiException => Failed,
        ClusterOutOfReachException or OrleansException or TimeoutException => OutOfReach,
        _ => null,
    };
}
