namespace GoTo.Accounts;

/// <summary>An account's access token: one log-in for the whole cluster. Key: the account's name.</summary>
[GrainInterfaceType("account"), Alias("account")]
internal interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>A token that is good for the next request, or why there is none.</summary>
    [Alias("get-access-token")]
    Task<AccessTokenReply> GetAccessToken(CancellationToken cancellationToken = default);

    /// <summary>GoTo refused this token; it is not handed out again.</summary>
    [Alias("reject")]
    Task Reject(string token);
}

/// <summary>A token and until when it is to be used, or why there is none. Never shown: its text holds no token.</summary>
[GenerateSerializer, Immutable, Alias("account.access-token")]
internal sealed record AccessTokenReply(
    [property: Id(0)] string? Token, [property: Id(1)] DateTimeOffset UseUntil, [property: Id(2)] string? Failure,
    [property: Id(3)] string? AccountKey = null)
{
    public override string ToString() => Failure ?? "an access token";
}

/// <summary>The account has no access token now. The message says why, and holds no secret.</summary>
internal sealed class AccountAccessException(string account, string failure)
    : Exception($"Account '{account}' has no access token: {failure}");
