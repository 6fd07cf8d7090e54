using System.CommandLine;
using GoTo.Api;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace GoTo.Cli.Commands;

/// <summary>Tries out an account's settings against GoTo itself; no cluster is needed.</summary>
internal static class DiagnoseCommand
{
    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var settings = new Option<FileInfo?>("--settings") { Description = "A JSON file with GoTo:Accounts, as a silo reads it. The environment counts too." };
        var call = new Option<string?>("--call") { Description = "A number that may be called for a moment, to see an event come back." };
        var command = new Command("diagnose", "Try an account's settings out against GoTo, step by step. Leaves nothing behind.") { settings, call };
        command.SetAction(async (parsed, stop) =>
        {
            var screen = options.Screen(parsed, console, output);
            var account = Account(options.Account(parsed), parsed.GetValue(settings));
            await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddGoToApi().BuildServiceProvider();
            var diagnosis = new DiagnosisOptions { Call = parsed.GetValue(call) is { } number ? DialString.Parse(number) : null };
            var worst = DiagnosisResult.Passed;
            await foreach (var step in services.GetRequiredService<GoToApi>().Diagnose(account, options: diagnosis, cancellation: stop))
            {
                if (step.Result is DiagnosisResult.Failed || worst is DiagnosisResult.Passed) worst = step.Result;
                if (screen.IsJson) screen.Write(step);
                else Say(screen, step);
            }
            return worst is DiagnosisResult.Failed ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static GoToAccountOptions Account(string name, FileInfo? file)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null) builder.AddJsonFile(file.FullName, optional: false);
        var section = builder.AddEnvironmentVariables().Build().GetSection($"GoTo:Accounts:{name}");
        return section.Exists()
            ? section.Get<GoToAccountOptions>()!
            : throw new FormatException($"GoTo:Accounts:{name} is not set: give --settings, or GoTo__Accounts__{name}__ClientId and the like.");
    }

    private static void Say(Screen screen, DiagnosisStep step)
    {
        var (sign, color) = step.Result switch
        {
            DiagnosisResult.Passed => ("✓", "green"),
            DiagnosisResult.Warning => ("!", "yellow"),
            DiagnosisResult.Failed => ("✗", "red"),
            _ => ("–", "grey"),
        };
        screen.Say($"[{color}]{sign}[/] [bold]{Markup.Escape(step.Name),-18}[/] {Markup.Escape(screen.Shown(step.Detail))}");
        if (step.Advice is { } advice) screen.Say($"  {"",-18} [{color}]{Markup.Escape(advice)}[/]");
    }
}
