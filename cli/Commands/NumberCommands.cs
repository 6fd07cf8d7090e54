using System.CommandLine;
using GoTo.Client;
using GoTo.Numbers;
using Spectre.Console;

namespace GoTo.Cli.Commands;

/// <summary><c>goto numbers list|register|release|import|export</c>.</summary>
internal static class NumberCommands
{
    public static Command Create(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var region = new Option<string?>("--region") { Description = "Where a number without + is meant, as in US.", Recursive = true };
        return new Command("numbers", "Which number means what.")
        {
            region, List(options, console, output), Register(options, region, console, output), Release(options, region, console, output),
            Import(options, console, output), Export(options, output),
        };
    }

    private static Command List(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var command = new Command("list", "The registered numbers.");
        command.SetAction(async (parsed, stop) =>
        {
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var numbers = await session.GoTo.Numbers.List(options.Tenant(parsed));
            if (screen.IsJson) foreach (var number in numbers) screen.Write(number);
            else
            {
                screen.Table(
                    ["Number", "Tenant", "Agents", "Gate", "Fallback", "Calls", "Line"],
                    numbers.Select(n => (IReadOnlyList<string>)
                    [
                        $"[bold]{Markup.Escape(screen.Shown(n.Number.ToString()))}[/]", Markup.Escape(n.Registration.Tenant),
                        Markup.Escape(string.Join(" → ", n.Registration.Agents)), $"{n.Registration.AgentTimeout.TotalSeconds:0.#} s",
                        Markup.Escape(screen.Shown(n.Registration.Fallback ?? "busy")), n.Registration.ConcurrentCalls?.ToString() ?? "[grey]∞[/]",
                        Markup.Escape(n.Registration.LineId ?? ""),
                    ]),
                    "No number is registered.");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Register(GlobalOptions options, Option<string?> region, IAnsiConsole console, TextWriter output)
    {
        var number = new Argument<string>("number") { Description = "The number: +15559876543, or nationally with --region." };
        var agents = new Option<string[]>("--agent") { Description = "The agent; repeat for those that are asked next.", Required = true };
        var line = new Option<string?>("--line") { Description = "The GoTo line." };
        var gate = new Option<double>("--gate") { Description = "Seconds that an agent has to get ready.", DefaultValueFactory = _ => 10 };
        var greeting = new Option<string?>("--greeting") { Description = "What the agent says first." };
        var language = new Option<string?>("--language") { Description = "The agent's language, as in de-AT." };
        var fallback = new Option<string?>("--fallback") { Description = "Dial string for calls that no agent takes. Busy unless given." };
        var most = new Option<int?>("--calls") { Description = "How many calls at once." };
        var command = new Command("register", "Register a number, or change what is registered. Needs --tenant.")
        {
            number, agents, line, gate, greeting, language, fallback, most,
        };
        command.SetAction(async (parsed, stop) =>
        {
            if (options.Tenant(parsed) is not { } tenant) throw new FormatException("Say whose number it is with --tenant.");
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var read = session.GoTo.Numbers.Read(parsed.GetRequiredValue(number), parsed.GetValue(region));
            var names = parsed.GetRequiredValue(agents);
            var reply = await session.GoTo.Numbers.Register(read, new NumberRegistration(tenant, names[0])
            {
                NextAgents = names[1..], AgentTimeout = TimeSpan.FromSeconds(parsed.GetValue(gate)), LineId = parsed.GetValue(line),
                Greeting = parsed.GetValue(greeting), Language = parsed.GetValue(language), Fallback = parsed.GetValue(fallback),
                ConcurrentCalls = parsed.GetValue(most),
            });
            if (screen.IsJson) screen.Write(reply);
            screen.Say($"[green]✓[/] {Markup.Escape(screen.Shown(read.ToString()))} {(reply.IsNew ? "is registered" : "is changed")}");
            foreach (var warning in reply.Warnings) screen.Say($"[yellow]! {Markup.Escape(warning)}[/]");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Release(GlobalOptions options, Option<string?> region, IAnsiConsole console, TextWriter output)
    {
        var number = new Argument<string>("number") { Description = "The number." };
        var command = new Command("release", "Forget a number.") { number };
        command.SetAction(async (parsed, stop) =>
        {
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var read = session.GoTo.Numbers.Read(parsed.GetRequiredValue(number), parsed.GetValue(region));
            var released = await session.GoTo.Numbers.Release(read);
            var shown = Markup.Escape(screen.Shown(read.ToString()));
            screen.Say(released ? $"[green]✓[/] {shown} is released" : $"[red]✗[/] {shown} was not registered");
            return released ? ExitCode.Done : ExitCode.NotFound;
        });
        return command;
    }

    private static Command Import(GlobalOptions options, IAnsiConsole console, TextWriter output)
    {
        var file = new Argument<FileInfo>("file") { Description = "A .csv or .json file, as goto numbers export writes it." };
        var command = new Command("import", "Register every number of a file.") { file };
        command.SetAction(async (parsed, stop) =>
        {
            var info = parsed.GetRequiredValue(file);
            using var reader = info.OpenText();
            await using var session = await Session.Connect(options, parsed, stop);
            var screen = options.Screen(parsed, console, output);
            var import = await session.GoTo.Numbers.Import(reader, Format(info), stop);
            if (screen.IsJson) screen.Write(import);
            screen.Say($"[green]✓[/] {import.Registered} registered, {import.Changed} changed");
            foreach (var remark in import.Warnings) screen.Say($"[yellow]! {Markup.Escape(screen.Shown(remark.Number.ToString()))}: {Markup.Escape(remark.Remark)}[/]");
            foreach (var remark in import.Refused) screen.Say($"[red]✗ {Markup.Escape(screen.Shown(remark.Number.ToString()))}: {Markup.Escape(remark.Remark)}[/]");
            return import.Refused.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Command Export(GlobalOptions options, TextWriter output)
    {
        var file = new Argument<FileInfo?>("file") { Description = "A .csv or .json file. CSV to the screen unless given.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("export", "Write the registered numbers, whole, so that they can be imported.") { file };
        command.SetAction(async (parsed, stop) =>
        {
            await using var session = await Session.Connect(options, parsed, stop);
            var format = parsed.GetValue(file) is { } info ? Format(info) : options.Json(parsed) ? NumberFileFormat.Json : NumberFileFormat.Csv;
            await Files.Write(parsed.GetValue(file), output, writer => session.GoTo.Numbers.Export(writer, format, options.Tenant(parsed)));
            return ExitCode.Done;
        });
        return command;
    }

    private static NumberFileFormat Format(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".csv" => NumberFileFormat.Csv,
        ".json" => NumberFileFormat.Json,
        _ => throw new FormatException("The file must end in .csv or .json."),
    };
}

internal static class Files
{
    /// <summary>Writes to a file, or to the output when there is none.</summary>
    public static async Task Write(FileInfo? file, TextWriter output, Func<TextWriter, Task> write)
    {
        if (file is null)
        {
            await write(output);
            await output.FlushAsync();
            return;
        }
        await using var writer = file.CreateText();
        await write(writer);
    }
}
