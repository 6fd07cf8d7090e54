using System.CommandLine;
using GoTo.Calls;
using Spectre.Console;

namespace GoTo.Cli.Commands;

internal static class ReplayCommand
{
    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var call = Arguments.Call();
        var command = new Command("replay", "Decide a call's journal again, by the rules of the silo that answers.") { call };
        command.SetAction(async (parsed, stop) =>
        {
            var key = CallKey.Parse(parsed.GetRequiredValue(call));
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var report = await session.GoTo.Calls[key].Replay(stop);
            if (screen.IsJson) screen.Write(report);
            else if (report.DivergesAt is null) screen.Say($"[green]✓[/] {Markup.Escape(key.ToString())}: {report.Events} events, decided today as then");
            else
            {
                screen.Say($"[red]✗ {Markup.Escape(key.ToString())}: decided otherwise at version {report.DivergesAt}[/], after {report.Events} events that agree");
                screen.Say($"  asked     [bold]{Markup.Escape(report.Command ?? "")}[/]");
                screen.Say($"  was       {Markup.Escape(screen.Shown(report.Was))}");
                screen.Say($"  would be  {Markup.Escape(screen.Shown(report.WouldBe))}");
            }
            return report.DivergesAt is null ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
