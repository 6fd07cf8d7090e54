namespace GoTo.Api;

/// <summary>
/// A token source that remembers the last token, to clean up with when the stream ends: the account's owner may be gone
/// by then, as grains are when their silo stops, and need not be woken for it.
/// </summary>
internal sealed class LastToken(IAccessTokenSource source) : IAccessTokenSource
{
    private volatile string? _last;
    private volatile bool _leaving;

    /// <summary>From now on the source is left alone if there is a token to go on with.</summary>
    public void Leave() => _leaving = true;

    public async ValueTask<string> GetAccessToken(CancellationToken cancellation)
    {
        if (_leaving && _last is { } last)
            return last;
        var token = await source.GetAccessToken(cancellation);
        _last = token;
        return token;
    }

    public ValueTask Rejected(string token, CancellationToken cancellation) =>
        _leaving ? ValueTask.CompletedTask : source.Rejected(token, cancellation);
}
