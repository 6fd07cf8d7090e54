namespace GoTo.Api.Tests;

/// <summary>A token source as an account's owner would write it: single flight over the pure policy.</summary>
internal sealed class LoggedInAccount(TokenClient client, TimeProvider time) : IAccessTokenSource, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    public TokenState? State { get; private set; }

    public int LogIns { get; private set; }

    public int Refreshes { get; private set; }

    public async ValueTask<string> GetAccessToken(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var step = AccessTokenPolicy.Next(State, time.GetUtcNow());
            if (step == TokenStep.Refresh)
                step = await Refresh(cancellation);
            if (step == TokenStep.LogIn)
            {
                LogIns++;
                State = TokenState.From(await client.LogIn(cancellation), time.GetUtcNow(), State);
            }

            return State!.AccessToken;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask Rejected(string token, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        State = State?.Reject(token, time.GetUtcNow());
        _gate.Release();
    }

    public void Dispose() => _gate.Dispose();

    private async Task<TokenStep> Refresh(CancellationToken cancellation)
    {
        Refreshes++;
        try
        {
            State = TokenState.From(
                await client.Refresh(State!.RefreshToken!, cancellation), time.GetUtcNow(), State);
            return TokenStep.Use;
        }
        catch (GoToApiException failure)
        {
            var step = AccessTokenPolicy.AfterRefreshFailure(State!, failure, time.GetUtcNow());
            if (step == TokenStep.Fail)
                throw;
            return step;
        }
    }
}
