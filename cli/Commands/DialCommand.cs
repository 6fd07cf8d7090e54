using System.CommandLine;
using GoTo.Calls;
using Spectre.Console;

namespace GoTo.Cli.Commands;

internal static class DialCommand
{
    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var to = new Argument<string>("to") { Description = "tel:+15551234567, ext:1001, sip:user@host, voicemail:1001." };
        var line = new Option<string>("--line", "-l") { Description = "The GoTo line to call from.", Required = true };
        var agent = new Option<string?>("--agent") { Description = "The LiveKit agent to dispatch." };
        var callerId = new Option<string?>("--caller-id") { Description = "The number to show." };
        var id = new Option<string?>("--id") { Description = "Your id of the dial: the same one again dials nothing twice." };
        var wait = new Option<bool>("--wait", "-w") { Description = "Wait until somebody answers." };
        var command = new Command("dial", "Place a call. Needs --tenant.") { to, line, agent, callerId, id, wait };
        command.SetAction(async (parsed, stop) =>
        {
            if (options.Tenant(parsed) is not { } tenant) throw new FormatException("Say whose call it is with --tenant.");
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var request = new DialRequest(tenant, parsed.GetRequiredValue(line), parsed.GetRequiredValue(to), parsed.GetValue(agent))
            {
                CallerId = parsed.GetValue(callerId),
            };
            var call = await session.GoTo.Calls.Dial(
                options.Account(parsed), request, parsed.GetValue(id) is { } known ? new CommandId(known) : null, stop);
            screen.Say($"[green]✓[/] placed: [bold]{Markup.Escape(call.ToString())}[/]");
            var snapshot = parsed.GetValue(wait) ? await call.WhenConnected(stop) : await call.Describe(stop);
            if (screen.IsJson) screen.Write(snapshot);
            else screen.Say($"  {Screen.Phase(snapshot)}");
            return ExitCode.Done;
        });
        return command;
    }
}
