using System.CommandLine;
using GoTo.Cli.Commands;
using Spectre.Console;

namespace GoTo.Cli;

/// <summary>The whole of <c>goto</c>: its commands, and what a failure is told as.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command. The exit code: <see cref="ExitCode"/>.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="console">Where people read.</param>
    /// <param name="output">Where JSON, files and scripts go.</param>
    public static async Task<int> Run(string[] args, IAnsiConsole console, TextWriter output)
    {
        var result = Root(console, output).Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors) console.MarkupLineInterpolated($"[red]{error.Message}[/]");
            console.MarkupLine("[grey]goto --help tells what there is.[/]");
            return ExitCode.Usage;
        }
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output });
        }
        catch (Exception e) when (ExitCode.Of(e) is { } code)
        {
            console.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return code;
        }
    }

    public static RootCommand Root(IAnsiConsole console, TextWriter output)
    {
        var root = new RootCommand("Calls, numbers and records of an Orleans.GoTo cluster.");
        var options = new GlobalOptions(root);
        Command[] commands =
        [
            .. CallCommands.All(options, console, output), WatchCommand.Create(options, console, output),
            DialCommand.Create(options, console, output), TransferCommand.Create(options, console, output),
            NumberCommands.Create(options, console, output), RecordsCommand.Create(options, console, output),
            ReplayCommand.Create(options, console, output), DiagnoseCommand.Create(options, console, output),
            LoginCommand.Create(options, console), CompletionCommand.Create(output),
        ];
        foreach (var command in commands) root.Add(command);
        return root;
    }
}
