using GoTo.Api;

namespace GoTo.Accounts;

/// <summary>Logging in by browser. What was begun is kept in memory: a person whose silo dies meanwhile begins anew.</summary>
internal sealed partial class AccountGrain
{
    private const int MostBegun = 20;
    private static readonly TimeSpan BegunLife = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (AuthorizationRequest Request, DateTimeOffset At)> _begun = new(StringComparer.Ordinal);

    public Task<Uri> Begin(Uri redirectUri)
    {
        try
        {
            var begun = Client.BeginLogIn(redirectUri);
            foreach (var (old, _) in _begun.Where(pair => time.GetUtcNow() - pair.Value.At > BegunLife).ToArray()) _begun.Remove(old);
            if (_begun.Count >= MostBegun) _begun.Remove(_begun.MinBy(pair => pair.Value.At).Key);
            _begun[begun.State] = (begun, time.GetUtcNow());
            return Task.FromResult(begun.Address);
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException)
        {
            throw new AccountLogInException(e.Message);
        }
    }

    public async Task<IReadOnlyList<string>> Complete(string code, string state, CancellationToken cancellationToken = default)
    {
        if (!_begun.Remove(state, out var begun) || time.GetUtcNow() - begun.At > BegunLife)
            throw new AccountLogInException("Nobody began this login here, or more than ten minutes ago. Begin anew.");
        try
        {
            await Keep(await Client.CompleteLogIn(begun.Request, code, state, cancellationToken));
            _pace.Succeeded();
            GrainFactory.GetGrain<ILogInFollower>(this.GetPrimaryKeyString()).LoggedIn().Ignore();
            return Client.MissingScopes(_tokens!.Scopes);
        }
        catch (Exception e) when (e is GoToApiException or LogInRefusedException)
        {
            throw new AccountLogInException(e.Message);
        }
    }
}
