using System.CommandLine;
using GoTo.Accounts;
using GoTo.Api;
using Spectre.Console;

namespace GoTo.Cli.Commands;

/// <summary>The one login of a person that an account with the authorization code grant needs; the cluster keeps the tokens.</summary>
internal static class LoginCommand
{
    public static Command Create(GlobalOptions options, IAnsiConsole console)
    {
        var port = new Option<int>("--port") { Description = "The port of the redirect address that the OAuth client has on record.", DefaultValueFactory = _ => 8910 };
        var command = new Command("login", "Log an account in by the browser. The cluster keeps the tokens.") { port };
        command.SetAction(async (parsed, stop) =>
        {
            await using var session = await Session.Connect(options, parsed, stop);
            var login = session.Grains.GetGrain<IAccountLogInGrain>(options.Account(parsed));
            using var redirect = new LoopbackRedirect(parsed.GetValue(port));
            var page = await login.Begin(redirect.Address);
            console.MarkupLine("Open this page in a browser on this machine, and log in as the account's user:");
            console.WriteLine();
            // Not broken at the console's width: it is to be copied whole.
            await console.Profile.Out.Writer.WriteLineAsync(page.ToString());
            console.WriteLine();
            var (code, state) = await redirect.Wait(stop);
            var missing = await login.Complete(code, state, stop);
            console.MarkupLine($"[green]✓[/] account {Markup.Escape(options.Account(parsed))} is logged in");
            if (missing.Count > 0) console.MarkupLineInterpolated($"[yellow]! scopes that it needs and did not get: {string.Join(' ', missing)}[/]");
            return ExitCode.Done;
        });
        return command;
    }
}
