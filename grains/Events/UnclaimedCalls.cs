using GoTo.Calls;

namespace GoTo.Events;

/// <summary>
/// Calls that GoTo tells of and that are nobody's yet: a dial whose reply was lost finds its call among them. Bounded, and
/// kept for two minutes.
/// </summary>
internal sealed class UnclaimedCalls(TimeProvider time)
{
    public const int Most = 256;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly List<(CallKey Call, DateTimeOffset At)> _seen = [];

    public void Add(CallKey call)
    {
        var now = time.GetUtcNow();
        _seen.RemoveAll(seen => now - seen.At > Memory);
        if (_seen.Exists(seen => seen.Call == call)) return;
        if (_seen.Count == Most) _seen.RemoveAt(0);
        _seen.Add((call, now));
    }

    public void Remove(CallKey call) => _seen.RemoveAll(seen => seen.Call == call);

    public IReadOnlyList<CallKey> Since(DateTimeOffset moment) => [.. _seen.Where(seen => seen.At >= moment).Select(seen => seen.Call)];
}
