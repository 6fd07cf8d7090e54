using System.CommandLine;
using GoTo.Calls;
using GoTo.Transfers;
using Spectre.Console;

namespace GoTo.Cli.Commands;

internal static class TransferCommand
{
    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var (call, to) = (Arguments.Call(), new Argument<string>("to") { Description = "ext:1001, tel:+15551234567, sip:user@host, voicemail:1001." });
        var warm = new Option<bool>("--warm") { Description = "Call the target first, with the agent; the caller waits on hold." };
        var announcement = new Option<string?>("--announcement") { Description = "With --warm: play this to the target instead of a briefing, then connect." };
        var id = new Option<string?>("--id") { Description = "Your id of the transfer: the same one again transfers nothing twice." };
        var command = new Command("transfer", "Hand the remote party over to somebody else.") { call, to, warm, announcement, id };
        command.SetAction(async (parsed, stop) =>
        {
            var key = CallKey.Parse(parsed.GetRequiredValue(call));
            var known = parsed.GetValue(id) is { } given ? new CommandId(given) : CommandId.New();
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var target = parsed.GetRequiredValue(to);
            if (!parsed.GetValue(warm))
            {
                return screen.Outcome(
                    await session.GoTo.Calls[key].TransferBlind(target, known, stop),
                    $"{Markup.Escape(key.ToString())}: transferred to {Markup.Escape(screen.Shown(target))}");
            }
            screen.Say($"[grey]transfer {Markup.Escape(known.ToString())}: hold, call {Markup.Escape(screen.Shown(target))}, brief, connect…[/]");
            var outcome = await session.GoTo.Calls[key].TransferWarm(
                new WarmTransferRequest(target) { Announcement = parsed.GetValue(announcement) }, known, stop);
            if (screen.IsJson) screen.Write(outcome);
            var isDone = outcome.Result is TransferResult.Completed;
            screen.Say(isDone
                ? $"[green]✓[/] {Markup.Escape(key.ToString())}: the caller talks with {Markup.Escape(screen.Shown(target))}"
                : $"[red]✗ {outcome.Result}[/] [grey]{Markup.Escape(screen.Shown(outcome.Detail))}[/]");
            return isDone ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
