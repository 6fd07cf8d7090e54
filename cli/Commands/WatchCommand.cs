using System.CommandLine;
using System.Globalization;
using GoTo.Calls;
using GoTo.Client;
using Spectre.Console;

namespace GoTo.Cli.Commands;

/// <summary>A live timeline: of one call, of a tenant's calls, or of the account's.</summary>
internal static class WatchCommand
{
    private static readonly Color[] Colors = [Color.DeepSkyBlue1, Color.Orange1, Color.MediumPurple1, Color.SpringGreen2, Color.HotPink, Color.Gold1];

    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var call = new Argument<string?>("call") { Description = "One call, from its first entry on. All calls unless given.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("watch", "A live timeline of calls, until Ctrl+C or the call's end.") { call };
        command.SetAction(async (parsed, stop) =>
        {
            var key = parsed.GetValue(call) is { } text ? CallKey.Parse(text) : default(CallKey?);
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var timeline = new Timeline(screen);
            try
            {
                if (key is { } one) await foreach (var entry in session.GoTo.Calls.Watch(one, 0, stop)) timeline.Say(one, entry);
                else await foreach (var (which, entry) in All(session.GoTo, options, parsed, stop)) timeline.Say(which, entry);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Ctrl+C is how one leaves.
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static IAsyncEnumerable<WatchedEntry> All(IGoTo goTo, GlobalOptions options, ParseResult parsed, CancellationToken stop) =>
        options.Tenant(parsed) is { } tenant ? goTo.Watch.Tenant(tenant, stop) : goTo.Watch.Account(options.Account(parsed), stop);

    /// <summary>One line an entry: the time, since when the call is, which call, what.</summary>
    private sealed class Timeline(Screen screen)
    {
        private readonly Dictionary<CallKey, (DateTimeOffset Start, Color Color)> _calls = [];

        public void Say(CallKey call, CallJournalEntry entry)
        {
            if (screen.IsJson)
            {
                screen.Write(new { call, entry.Version, entry.At, entry.Actor, entry.Event });
                return;
            }
            if (!_calls.TryGetValue(call, out var known)) _calls[call] = known = (entry.At, Colors[_calls.Count % Colors.Length]);
            var since = (entry.At - known.Start).TotalSeconds.ToString("+0.000", CultureInfo.InvariantCulture);
            screen.Console.MarkupLine(
                $"[grey]{entry.At.ToLocalTime():HH:mm:ss.fff}[/] [grey50]{since,9}[/] [{known.Color.ToMarkup()}]▌{Markup.Escape(call.CallId),-20}[/] "
                + $"{Icon(entry.Event)} {Markup.Escape(screen.Shown(CallWords.Of(entry.Event)))}{By(entry)}");
        }

        private static string By(CallJournalEntry entry) =>
            entry.Actor is "cluster" or "goto" ? "" : $" [grey]by {Markup.Escape(entry.Actor)}[/]";

        private static string Icon(CallEvent happened) => happened switch
        {
            Connected => "[green]●[/]",
            Ended => "[grey]■[/]",
            Held or HangUpIntended => "[yellow]●[/]",
            AnswerFailed or MediaFailed or AgentMissing or AgentLost or NumberUnknown or QuotaExceeded or HangUpFailed => "[red]●[/]",
            CommandSettled { Outcome.IsDone: false } => "[red]●[/]",
            Rang => "[blue]●[/]",
            _ => "[grey]○[/]",
        };
    }
}
