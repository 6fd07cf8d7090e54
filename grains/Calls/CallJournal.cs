using System.Text.Json.Serialization;

namespace GoTo.Calls;

/// <summary>
/// What is stored of a call: its state, and in order what was decided, each step with the command that it came of, so that
/// it can be decided again (<see cref="CallReplay"/>). Bounded: the oldest steps go when there are more than
/// <see cref="MostEntries"/> entries; the state before the oldest step that is left is kept.
/// </summary>
internal sealed record CallJournal
{
    public const int MostEntries = 500;

    public CallState State { get; init; } = new();

    /// <summary>The call before the oldest step.</summary>
    [JsonIgnore]
    public CallState Before { get; init; } = new();

    /// <summary><see cref="Before"/> in storage: left out while no step is lost.</summary>
    [JsonInclude, JsonPropertyName(nameof(Before)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    private CallState? StoredBefore
    {
        get => Before.Version == 0 ? null : Before;
        init => Before = value ?? new CallState();
    }

    public IReadOnlyList<CallStep> Steps { get; init; } = [];

    /// <summary>The highest epoch of the event channel that has reached this call; lower ones are stale.</summary>
    public long ChannelEpoch { get; init; }

    /// <summary>The version of the oldest entry that is left; the next one's when none is.</summary>
    [JsonIgnore]
    public long Oldest => Before.Version + 1;

    /// <summary>The journal as watchers see it, from a version on.</summary>
    public IEnumerable<CallJournalEntry> EntriesAfter(long version) =>
        Steps.SkipWhile(step => step.Last <= version).SelectMany(step => step.Entries).Where(entry => entry.Version > version);

    /// <summary>Whether something was journaled lately for this reason.</summary>
    public bool Has(string cause) => Steps.TakeLast(32).Any(step => step.Cause == cause);

    public CallJournal Append(CallCommand command, IReadOnlyList<CallEvent> events, DateTimeOffset at, string actor = "cluster", string? cause = null)
    {
        if (events.Count == 0) return this;
        var step = new CallStep(State.Version + 1, at, command, events, actor, cause);
        var steps = new List<CallStep>(Steps.Count + 1);
        steps.AddRange(Steps);
        steps.Add(step);
        var (before, state) = (Before, step.Entries.Aggregate(State, (s, entry) => s.Apply(entry)));
        var surplus = 0;
        for (; state.Version - before.Version > MostEntries; surplus++)
            before = steps[surplus].Entries.Aggregate(before, (s, entry) => s.Apply(entry));
        steps.RemoveRange(0, surplus);
        return this with { State = state, Before = before, Steps = steps };
    }
}

/// <summary>
/// One decision: what was asked of the call, and the events that it came to. It never changes, and every later write of its
/// journal holds it, so what it looks like in storage is made once (<see cref="StoredStep"/>).
/// </summary>
/// <param name="first">The version of its first event.</param>
/// <param name="at">When.</param>
/// <param name="command">What was asked.</param>
/// <param name="events">What was decided.</param>
/// <param name="actor">Who asked.</param>
/// <param name="cause">The id of the service's command, or of GoTo's event; null when it has none.</param>
[JsonConverter(typeof(StoredStep))]
internal sealed class CallStep(long first, DateTimeOffset at, CallCommand command, IReadOnlyList<CallEvent> events, string actor, string? cause)
{
    public long First => first;

    public DateTimeOffset At => at;

    public CallCommand Command => command;

    public IReadOnlyList<CallEvent> Events => events;

    public string Actor => actor;

    public string? Cause => cause;

    public long Last => first + events.Count - 1;

    public IEnumerable<CallJournalEntry> Entries =>
        events.Select((happened, i) => new CallJournalEntry(first + i, at, happened) { Actor = actor, Cause = cause });

    /// <summary>Its form in storage; null until it was first written.</summary>
    public byte[]? Stored { get; set; }
}
