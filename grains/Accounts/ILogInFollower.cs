using Orleans.Concurrency;

namespace GoTo.Accounts;

/// <summary>What an account tells its event channel, which may be waiting for a login. Keyed by the account, as that is.</summary>
[GrainInterfaceType("log-in-follower"), Alias("log-in-follower")]
internal interface ILogInFollower : IGrainWithStringKey
{
    /// <summary>A person has logged in for the account: whatever lacked a token may try again.</summary>
    [OneWay, AlwaysInterleave, Alias("logged-in")]
    Task LoggedIn();
}
