using GoTo.Calls;
using GoTo.Client;

namespace GoTo.Demo;

/// <summary>Tells a call's journal, line by line, as it is written.</summary>
internal sealed class Timeline(TextWriter output, DateTimeOffset start)
{
    public void Say(DateTimeOffset at, string who, string what) => output.WriteLine(
        $"  {(at - start).TotalSeconds,8:+0.000} s  {who,-8} {what}");

    public void Say(CallJournalEntry entry) => Say(entry.At, "call", CallWords.Of(entry.Event));
}
