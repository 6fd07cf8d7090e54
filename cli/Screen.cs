using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using GoTo.Calls;
using GoTo.Numbers;
using Spectre.Console;

namespace GoTo.Cli;

/// <summary>What a command shows: tables and colours for people, or JSON for programs; numbers masked unless asked for.</summary>
internal sealed partial class Screen(IAnsiConsole console, TextWriter output, bool json, bool unmask)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(), new AsText<CallKey>(), new AsText<PhoneNumber>() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public bool IsJson => json;

    public IAnsiConsole Console => console;

    /// <summary>A phone number, or a text with some in it, as it may be seen.</summary>
    public string Shown(string? text) =>
        text is null ? "" : unmask ? text : LongDigits().Replace(text, number => $"{number.Value[..3]}…{number.Value[^2..]}");

    /// <summary>For programs: one line of JSON.</summary>
    public void Write<T>(T value) => output.WriteLine(Shown(JsonSerializer.Serialize(value, Options)));

    /// <summary>For people: rows in columns; a sentence when there are none.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string none)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey37);
        foreach (var column in columns) table.AddColumn(new TableColumn($"[grey]{Markup.Escape(column)}[/]").NoWrap());
        foreach (var row in rows) table.AddRow([.. row]);
        if (table.Rows.Count == 0) console.MarkupLineInterpolated($"[grey]{none}[/]");
        else console.Write(table);
    }

    /// <summary>A sentence for people; programs get the exit code.</summary>
    public void Say(string markup)
    {
        if (!json) console.MarkupLine(markup);
    }

    /// <summary>Ends a command: what came of it, and the exit code.</summary>
    public int Outcome(CommandOutcome outcome, string done)
    {
        if (json) Write(outcome);
        else if (outcome.IsDone) console.MarkupLine($"[green]✓[/] {done}");
        else console.MarkupLineInterpolated($"[red]✗ {outcome.Result}[/] {outcome.Failure} [grey]{Shown(outcome.Detail)}[/]");
        return outcome.IsDone ? ExitCode.Done : ExitCode.Failed;
    }

    public static string Phase(CallSnapshot call) => call switch
    {
        { Phase: CallPhase.Ended } => "[grey]ended[/]",
        { OnHold: true } => "[yellow]on hold[/]",
        { Muted: true } => "[yellow]muted[/]",
        { Phase: CallPhase.Connected } => "[green]connected[/]",
        { Phase: CallPhase.Ringing or CallPhase.Offering or CallPhase.Dialing } => $"[blue]{call.Phase.ToString().ToLowerInvariant()}[/]",
        _ => $"[grey]{call.Phase}[/]",
    };

    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours}:{time:mm\\:ss}"
        : time.ToString("m\\:ss", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![0-9A-Za-z_/-])\+?[0-9]{8,15}(?![0-9A-Za-z_-])")]
    private static partial Regex LongDigits();

    private sealed class AsText<T> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("It is only written.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value?.ToString());
    }
}
