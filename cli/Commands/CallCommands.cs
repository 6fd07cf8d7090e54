using System.CommandLine;
using GoTo.Calls;
using GoTo.Client;
using Spectre.Console;

namespace GoTo.Cli.Commands;

/// <summary>The list of calls, and what is done to one in a word.</summary>
internal static class CallCommands
{
    public static IEnumerable<Command> All(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        yield return List(options, console, output);
        yield return One("hangup", "End a call.", "the call has ended", (call, stop) => call.HangUp(cancellationToken: stop));
        yield return One("hold", "Put the remote party on hold.", "on hold", (call, stop) => call.Hold(cancellationToken: stop));
        yield return One("resume", "Take the remote party off hold.", "off hold", (call, stop) => call.Resume(cancellationToken: stop));
        yield return One("mute", "Stop the agent's audio.", "the agent is muted", (call, stop) => call.Mute(cancellationToken: stop));
        yield return One("unmute", "Let the agent be heard again.", "the agent is heard", (call, stop) => call.Unmute(cancellationToken: stop));
        yield return SendDtmf(options, console, output);

        Command One(string name, string description, string done, Func<Call, CancellationToken, Task<CommandOutcome>> act)
        {
            var call = Arguments.Call();
            var command = new Command(name, description) { call };
            command.SetAction(async (parsed, stop) =>
            {
                var key = CallKey.Parse(parsed.GetRequiredValue(call));
                await using var session = await Session.Connect(options, parsed, stop);
                return options.Screen(parsed, console, output).Outcome(await act(session.GoTo.Calls[key], stop), $"{Markup.Escape(key.ToString())}: {done}");
            });
            return command;
        }
    }

    private static Command List(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var command = new Command("calls", "The calls that live now.");
        command.SetAction(async (parsed, stop) =>
        {
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var calls = await session.GoTo.Calls.List(options.Account(parsed), stop);
            if (screen.IsJson)
            {
                foreach (var call in calls) screen.Write(call);
                return ExitCode.Done;
            }
            screen.Table(
                ["Call", "State", "", "From", "To", "Tenant", "Agent", "For"],
                calls.OrderBy(call => call.CreatedAt).Select(call => (IReadOnlyList<string>)
                [
                    $"[bold]{Markup.Escape(call.Key.ToString())}[/]", Screen.Phase(call), call.Direction is CallDirection.Inbound ? "[blue]→[/]" : "[magenta]←[/]",
                    Markup.Escape(screen.Shown(call.From)), Markup.Escape(screen.Shown(call.To)), Markup.Escape(call.Tenant ?? ""),
                    Markup.Escape(call.Agent ?? ""), Screen.Duration(TimeProvider.System.GetUtcNow() - call.CreatedAt),
                ]),
                $"No call lives on account {options.Account(parsed)}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command SendDtmf(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var (call, digits) = (Arguments.Call(), new Argument<string>("digits") { Description = "0-9 * # A-D, and , for a pause." });
        var command = new Command("dtmf", "Send touch tones to the remote party.") { call, digits };
        command.SetAction(async (parsed, stop) =>
        {
            var key = CallKey.Parse(parsed.GetRequiredValue(call));
            await using var session = await Session.Connect(options, parsed, stop);
            var outcome = await session.GoTo.Calls[key].SendDtmf(parsed.GetRequiredValue(digits), cancellationToken: stop);
            return options.Screen(parsed, console, output).Outcome(outcome, $"{Markup.Escape(key.ToString())}: sent");
        });
        return command;
    }
}

/// <summary>Arguments that several commands have.</summary>
internal static class Arguments
{
    public static Argument<string> Call() => new("call") { Description = "The call's key, as in main/call_abc123; goto calls lists them." };
}
