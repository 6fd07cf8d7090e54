namespace GoTo.Calls;

/// <summary>Decides a journal again, by today's rules. Pure.</summary>
internal static class CallReplay
{
    public static ReplayReport Run(CallKey key, CallJournal journal)
    {
        var (state, events) = (journal.Before, 0);
        foreach (var step in journal.Steps)
        {
            var decided = CallDecision.Decide(state, step.Command, step.At).Events;
            if (!decided.SequenceEqual(step.Events))
            {
                return new ReplayReport(key, events, step.First, step.Command.GetType().Name,
                    Names(step.Events), Names(decided));
            }
            foreach (var entry in step.Entries) state = state.Apply(entry);
            events += step.Events.Count;
        }
        return new ReplayReport(key, events);
    }

    private static string Names(IReadOnlyList<CallEvent> events) => string.Join(", ", events);
}
