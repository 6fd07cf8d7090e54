using System.CommandLine;
using System.Globalization;
using GoTo.Client;
using GoTo.Records;
using Spectre.Console;

namespace GoTo.Cli.Commands;

/// <summary><c>goto records</c>: calls that have ended, or with <c>--audit</c> who did what.</summary>
internal static class RecordsCommand
{
    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var audit = new Option<bool>("--audit") { Description = "Who did what, instead of the calls." };
        var of = new Option<string?>("--of") { Description = "Of one call only, by its key." };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Not before, as in 2026-01-16 or 2026-01-16T12:00Z." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Before." };
        var limit = new Option<int>("--limit", "-n") { Description = "How many, the newest first.", DefaultValueFactory = _ => 20 };
        var export = new Option<FileInfo?>("--export") { Description = "Write them to a .csv or .json file, all unless --limit is given." };
        var command = new Command("records", "What is on record of calls that have ended.") { audit, of, since, until, limit, export };
        command.SetAction(async (parsed, stop) =>
        {
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var query = new RecordQuery
            {
                Tenant = options.Tenant(parsed), Subject = parsed.GetValue(of), Since = parsed.GetValue(since), Until = parsed.GetValue(until),
                Limit = parsed.GetValue(export) is not null && parsed.GetResult(limit) is null or { Implicit: true } ? int.MaxValue : parsed.GetValue(limit),
            };
            if (parsed.GetValue(export) is { } file) return await Export(session.GoTo.Records, file, parsed.GetValue(audit), query, output, stop);
            if (parsed.GetValue(audit)) await ShowAudit(session.GoTo.Records, query, screen, stop);
            else await ShowCalls(session.GoTo.Records, query, screen, stop);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> Export(IRecords records, FileInfo file, bool audit, RecordQuery query, TextWriter output, CancellationToken stop)
    {
        var format = file.Extension.ToLowerInvariant() switch
        {
            ".csv" => RecordFileFormat.Csv,
            ".json" => RecordFileFormat.Json,
            _ => throw new FormatException("The file must end in .csv or .json."),
        };
        await Files.Write(file, output, writer => audit
            ? records.ExportAudit(writer, format, query, stop)
            : records.ExportCalls(writer, format, query, stop));
        return ExitCode.Done;
    }

    private static async Task ShowCalls(IRecords records, RecordQuery query, Screen screen, CancellationToken stop)
    {
        var calls = await records.Calls(query, stop).ToListAsync(stop);
        if (screen.IsJson)
        {
            foreach (var call in calls) screen.Write(call);
            return;
        }
        screen.Table(
            ["Ended", "Call", "From", "To", "Tenant", "Agent", "Talked", "Why"],
            calls.Select(c => (IReadOnlyList<string>)
            [
                Time(c.EndedAt), Markup.Escape(c.Call.ToString()), Markup.Escape(screen.Shown(c.From)), Markup.Escape(screen.Shown(c.To)),
                Markup.Escape(c.Tenant ?? ""), Markup.Escape(c.Agent ?? ""), c.AnsweredAt is null ? "[grey]–[/]" : Screen.Duration(c.Talked),
                c.AnsweredAt is null ? $"[yellow]{c.EndReason}[/]" : $"{c.EndReason}{(c.TransferTarget is { } to ? $" [grey]{Markup.Escape(screen.Shown(to))}[/]" : "")}",
            ]),
            "Nothing is on record.");
    }

    private static async Task ShowAudit(IRecords records, RecordQuery query, Screen screen, CancellationToken stop)
    {
        var operations = await records.Audit(query, stop).ToListAsync(stop);
        if (screen.IsJson)
        {
            foreach (var operation in operations) screen.Write(operation);
            return;
        }
        screen.Table(
            ["When", "Who", "What", "Of", "Tenant", "Outcome"],
            operations.Select(o => (IReadOnlyList<string>)
            [
                Time(o.At), Markup.Escape(o.Actor), $"[bold]{Markup.Escape(o.Operation)}[/]", Markup.Escape(screen.Shown(o.Subject)),
                Markup.Escape(o.Tenant ?? ""), o.Outcome == "Done" ? "[green]Done[/]" : $"[yellow]{Markup.Escape(o.Outcome)}[/]",
            ]),
            "Nothing is on record.");
    }

    private static string Time(DateTimeOffset time) => $"[grey]{time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}[/]";
}
