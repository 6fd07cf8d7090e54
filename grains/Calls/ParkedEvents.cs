namespace GoTo.Calls;

/// <summary>
/// Events of a call that nobody knows yet: they may be here before the reply that names the call (resolution E4). Kept in
/// memory, for ten seconds; what is lost with them, a comparison with GoTo brings back.
/// </summary>
internal sealed class ParkedEvents
{
    public const int Most = 32;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Queue<(CallCommand Command, string? Cause, DateTimeOffset At)> _waiting = new();

    public void Add(CallCommand command, string? cause, DateTimeOffset now)
    {
        if (_waiting.Count == Most) _waiting.Dequeue();
        _waiting.Enqueue((command, cause, now));
    }

    /// <summary>What has not waited too long, in order; nothing is left.</summary>
    public IReadOnlyList<(CallCommand Command, string? Cause)> Take(DateTimeOffset now)
    {
        (CallCommand, string?)[] taken = [.. _waiting.Where(e => now - e.At < Patience).Select(e => (e.Command, e.Cause))];
        _waiting.Clear();
        return taken;
    }
}
