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
    public CallState Before { get; init; } = new();

    public IReadOnlyList<CallStep> Steps { get; init; } = [];

    /// <summary>The highest epoch of the event channel that has reached this call; lower ones are stale.</summary>
    public long ChannelEpoch { get; init; }

    /// <summary>The version of the oldest entry that is left; the next one's when none is.</summary>
    [JsonIgnore]
    public long Oldest => Before.Version + 1;

    /// <summary>The journal as watchers see it, from a version on.</summary>
    public IEnumerable<CallJournalEntry> EntriesAfter(long version) =>
        Steps.SkipWhile(step => step.Last <= version).SelectMany(step => step.Entries).Where(entry => entry.Version > version);

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

/// <summary>One decision: what was asked of the call, and the events that it came to.</summary>
/// <param name="First">The version of its first event.</param>
/// <param name="At">When.</param>
/// <param name="Command">What was asked.</param>
/// <param name="Events">What was decided.</param>
/// <param name="Actor">Who asked.</param>
/// <param name="Cause">The id of the service's command, or of GoTo's event; null when it has none.</param>
internal sealed record CallStep(
    long First, DateTimeOffset At, CallCommand Command, IReadOnlyList<CallEvent> Events, string Actor, string? Cause)
{
    [JsonIgnore]
    public long Last => First + Events.Count - 1;

    [JsonIgnore]
    public IEnumerable<CallJournalEntry> Entries =>
        Events.Select((happened, i) => new CallJournalEntry(First + i, At, happened) { Actor = Actor, Cause = Cause });
}
