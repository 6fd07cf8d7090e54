namespace GoTo.Api;

/// <summary>
/// How many requests count at a moment: each from its leaving until a span later, as GoTo counts them. Pure; moments
/// are spans since any fixed start and never go back.
/// </summary>
/// <param name="nominal">What GoTo is said to take.</param>
internal sealed class RequestWindow(RequestLimit nominal)
{
    /// <summary>
    /// Two requests a span apart when they leave may arrive closer together, by as much as the network's delay varies.
    /// </summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1);

    private const double Backing = 0.9;
    private const double Recovery = 0.1;
    private const double Lowest = 0.1;

    private readonly Queue<TimeSpan> _ends = new();
    private TimeSpan _blockedUntil;
    private TimeSpan _grownAt;
    private int _refusals;

    /// <summary>How many requests we let leave within a span now; lower than nominal after a 429.</summary>
    public double Limit { get; private set; } = nominal.Requests;

    public int Used => _ends.Count;


    /// <summary>Lets go of what no longer counts, and takes back room that has long not been refused.</summary>
    public void Advance(TimeSpan now)
    {
        while (_ends.TryPeek(out var end) && end <= now)
            _ends.Dequeue();
        if (Limit < nominal.Requests && now - _grownAt >= nominal.Span)
        {
            Limit = Math.Min(nominal.Requests, Limit + (nominal.Requests * Recovery));
            _grownAt = now;
        }

        if (Limit >= nominal.Requests)
            _refusals = 0;
    }

    /// <summary>When the oldest request stops counting; null when there is none.</summary>
    public TimeSpan? NextEnd => _ends.TryPeek(out var end) ? end : null;

    public void Use(TimeSpan now) => _ends.Enqueue(now + nominal.Span + Slack);

    public bool IsBlocked(TimeSpan now) => now < _blockedUntil;

    /// <summary>
    /// A request was refused: nothing leaves for a while, and afterwards a tenth less than what was too much. Refusals
    /// of one burst count once.
    /// </summary>
    public void Refused(TimeSpan now, TimeSpan? retryAfter)
    {
        var wait = retryAfter ?? TimeSpan.FromSeconds(Math.Min(Math.Pow(2, _refusals), 30));
        if (!IsBlocked(now))
        {
            _refusals++;
            Limit = Math.Max(Math.Max(1, nominal.Requests * Lowest), Math.Min(Limit, Math.Max(Used, 1)) * Backing);
            _grownAt = now + wait;
        }

        if (now + wait > _blockedUntil)
            _blockedUntil = now + wait;
    }

    /// <summary>When there may be more room than now; null when nothing stands in the way.</summary>
    public TimeSpan? NextChange(TimeSpan now) =>
        IsBlocked(now) ? _blockedUntil : NextEnd;

    private TimeSpan Slack => nominal.Span < Jitter * 10 ? nominal.Span / 10 : Jitter;
}
