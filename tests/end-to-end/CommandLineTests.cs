using System.Text.Json.Nodes;
using GoTo.Cli;
using Spectre.Console;

namespace GoTo.EndToEnd.Tests;

/// <summary>The command line as a person and a script use it.</summary>
[Collection(HouseCollection.Name)]
public sealed class CommandLineTests(House house)
{
    [Fact]
    public async Task A_call_is_listed_watched_hung_up_found_on_record_and_replayed()
    {
        using var speech = new Speech();
        await using var phone = house.World.Dial(speech.UntilStopped);
        var key = await phone.Rings();
        await using (var journal = house.Service.Follow(key)) await journal.HasAudio();

        var (code, shown, _) = await Run("calls");
        Assert.Equal(0, code);
        Assert.Contains(key.ToString(), shown, StringComparison.Ordinal);
        Assert.Contains("+15…00", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(World.Number, shown, StringComparison.Ordinal);
        Assert.Contains(World.Number, (await Run("calls", "--unmask", "--json")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await Run("hold", $"{key}")).Code);
        Assert.Equal(0, (await Run("resume", $"{key}")).Code);
        Assert.Equal(0, (await Run("hangup", $"{key}")).Code);
        Assert.Equal(ExitCode.Failed, (await Run("hangup", $"{key}")).Code);

        (code, shown, _) = await Run("watch", $"{key}");
        Assert.Equal(0, code);
        Assert.Contains("asked: hang up by tester", shown, StringComparison.Ordinal);
        Assert.Contains("ended: LocalHangUp", shown, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("replay", $"{key}")).Code);
        await Until.True(
            async () => (await Run("records", "--json", "--of", $"{key}")).Output.Contains("LocalHangUp", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20), "the call is on record");
        var trail = (await Run("records", "--audit", "--json", "--of", $"{key}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["HangUp", "HangUp", "Hold", "Resume"], trail.Select(line => (string?)JsonNode.Parse(line)!["operation"]).Order(StringComparer.Ordinal));
        Assert.All(trail, line => Assert.Equal("tester", (string?)JsonNode.Parse(line)!["actor"]));
    }

    [Fact]
    public async Task Numbers_are_registered_exported_imported_and_released()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("goto-cli-").FullName, "numbers.csv");
        Assert.Equal(ExitCode.Usage, (await Run("numbers", "register", "+15555550160", "--agent", "echo")).Code);
        var (code, shown, _) = await Run("numbers", "register", "(555) 555-0160", "--region", "US", "--agent", "echo", "--agent", "late", "--tenant", "cli");
        Assert.Equal(0, code);
        Assert.Contains("+15…60 is registered", shown, StringComparison.Ordinal);
        Assert.Contains("echo → late", (await Run("numbers", "list", "--tenant", "cli")).Shown, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("numbers", "export", file, "--tenant", "cli")).Code);
        Assert.Equal(0, (await Run("numbers", "release", "+15555550160")).Code);
        Assert.Equal(ExitCode.NotFound, (await Run("numbers", "release", "+15555550160")).Code);
        Assert.Contains("1 registered", (await Run("numbers", "import", file)).Shown, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotAllowed, (await Run("numbers", "release", "+15555550160", "--tenant", "intruder")).Code);
        Assert.Equal(0, (await Run("numbers", "release", "+15555550160", "--tenant", "cli")).Code);
    }

    [Theory]
    [InlineData(ExitCode.NotFound, "hold", "main/nobody")]
    [InlineData(ExitCode.Usage, "hold", "nonsense")]
    [InlineData(ExitCode.Usage, "hold")]
    [InlineData(ExitCode.Usage, "frobnicate")]
    [InlineData(ExitCode.Usage, "dial", "ext:1001", "--line", "x")]
    [InlineData(ExitCode.Usage, "numbers", "import", "/nonexistent/numbers.csv")]
    public async Task What_is_wrong_is_said_with_an_exit_code_and_no_stack(int expected, params string[] args)
    {
        var (code, shown, _) = await Run(args);
        Assert.Equal(expected, code);
        Assert.NotEmpty(shown);
        Assert.DoesNotContain("   at ", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cluster_it_says_so_and_where_one_is_looked_for()
    {
        var console = Console(out var shown);
        Assert.Equal(ExitCode.OutOfReach, await CommandLine.Run(["calls", "--gateway-port", "1"], console, TextWriter.Null));
        Assert.Contains("--gateway-port", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_is_told_how_to_complete_and_what()
    {
        Assert.Contains("complete -o default -F _goto goto", (await Run("completion", "bash")).Output, StringComparison.Ordinal);
        var found = (await Run("[suggest:11]", "goto transf")).Output;
        Assert.Contains("transfer", found, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Shown, string Output)> Run(params string[] args)
    {
        var (console, output) = (Console(out var shown), new StringWriter());
        string[] where = args[0].StartsWith('[') ? [] : ["--gateway-port", house.Settings["GoTo:Cluster:GatewayPort"]!, "--actor", "tester"];
        var code = await CommandLine.Run([.. args, .. where], console, output);
        return (code, shown.ToString(), output.ToString());
    }

    private static IAnsiConsole Console(out StringWriter shown)
    {
        shown = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(shown) });
        console.Profile.Width = 200;
        return console;
    }
}
