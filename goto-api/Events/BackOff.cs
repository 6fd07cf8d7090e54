namespace GoTo.Api;

/// <summary>
/// How long to wait before the next attempt: full jitter under a ceiling that doubles from attempt to attempt
/// (specification section 8.4 with decision E10). Never less than the floor, so no failure can make a busy loop.
/// </summary>
internal sealed class BackOff(TimeSpan first, TimeSpan longest, TimeSpan floor, Random random)
{
    private int _attempts;

    public TimeSpan Next()
    {
        var doubled = first * Math.Pow(2, Math.Min(_attempts, 20));
        var ceiling = doubled < longest ? doubled : longest;
        _attempts++;
        var wait = ceiling * random.NextDouble();
        return wait > floor ? wait : floor;
    }

    public void Reset() => _attempts = 0;
}
