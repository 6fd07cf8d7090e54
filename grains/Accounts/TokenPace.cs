namespace GoTo.Accounts;

/// <summary>
/// When the next token may be asked for: GoTo takes ten such requests a minute (specification section 9), and a wrong
/// password does not get right by being repeated. Failures are answered by growing pauses, and even a run of
/// successes, tokens that GoTo gives and then refuses, stays below the budget.
/// </summary>
internal sealed class TokenPace(TimeProvider time)
{
    /// <summary>Two short of the budget, which other programs of the account may draw on.</summary>
    public const int MostAMinute = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Queue<DateTimeOffset> _requests = new();
    private DateTimeOffset _notBefore;
    private int _failures;

    /// <summary>How long to wait before the next request; zero when it may leave now.</summary>
    public TimeSpan Wait
    {
        get
        {
            var now = time.GetUtcNow();
            while (_requests.TryPeek(out var oldest) && now - oldest >= TimeSpan.FromMinutes(1)) _requests.Dequeue();
            var next = _requests.Count < MostAMinute ? _notBefore : Later(_notBefore, _requests.Peek() + TimeSpan.FromMinutes(1));
            return next > now ? next - now : TimeSpan.Zero;
        }
    }

    public void Requested() => _requests.Enqueue(time.GetUtcNow());

    public void Succeeded() => (_failures, _notBefore) = (0, default);

    /// <param name="retryAfter">What GoTo asks for, if it does.</param>
    public void Failed(TimeSpan? retryAfter)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 10));
        pause = pause < LongestPause ? pause : LongestPause;
        _notBefore = time.GetUtcNow() + (retryAfter > pause ? retryAfter.Value : pause);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
