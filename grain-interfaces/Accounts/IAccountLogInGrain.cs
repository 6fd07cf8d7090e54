namespace GoTo.Accounts;

/// <summary>
/// The one login that a person makes in a browser for an account whose grant is the authorization code (specification
/// section 3.1 with decision A1). The cluster keeps client secret and tokens; whoever asks only carries the browser's
/// word back. Key: the account's name in the configuration.
/// </summary>
[GrainInterfaceType("account-log-in"), Alias("account-log-in")]
public interface IAccountLogInGrain : IGrainWithStringKey
{
    /// <summary>Begins a login, which can be completed within ten minutes.</summary>
    /// <param name="redirectUri">Where the browser comes back to; the OAuth client has it on record.</param>
    /// <returns>The page to open in a browser.</returns>
    /// <exception cref="AccountLogInException">There is no such account, or the address is neither https nor loopback.</exception>
    [Alias("begin")]
    Task<Uri> Begin(Uri redirectUri);

    /// <summary>Completes a login with what the browser brought back; the cluster uses its tokens from now on.</summary>
    /// <param name="code">The code; it can be used once.</param>
    /// <param name="state">The state that belongs to it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The scopes that the account needs and did not get; none as a rule.</returns>
    /// <exception cref="AccountLogInException">Nobody began this login here, or GoTo refused it; the message says which.</exception>
    [Alias("complete")]
    Task<IReadOnlyList<string>> Complete(string code, string state, CancellationToken cancellationToken = default);
}

/// <summary>A login came to nothing. The message says why and what to do, and holds no secret.</summary>
[GenerateSerializer, Alias("account-log-in.exception")]
public sealed class AccountLogInException : Exception
{
    /// <summary>With the reason.</summary>
    public AccountLogInException(string message)
        : base(message)
    {
    }
}
