using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GoTo.Cli;
using GoTo.EndToEnd.Tests.Phones;
using Spectre.Console;

namespace GoTo.EndToEnd.Tests;

/// <summary>The command line as a person and a script use it.</summary>
[Collection(HouseCollection.Name)]
public sealed partial class CommandLineTests(House house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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

    [Fact]
    public async Task A_call_is_placed_once_and_waited_for()
    {
        const string number = "+15551230011";
        await using var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        string[] dial = ["dial", $"tel:{number}", "--line", "line_tone", "--agent", "echo", "--tenant", "acme", "--id", "cli-dial"];

        var placing = Run([.. dial, "--wait"]);
        var rung = await phone.Phone.Rings(Stop);
        await phone.Phone.Answer();
        var (code, shown, _) = await placing;

        Assert.Equal(0, code);
        Assert.Contains($"placed: {World.Account}/{rung}", shown, StringComparison.Ordinal);
        Assert.Contains("connected", shown, StringComparison.Ordinal);
        var again = JsonNode.Parse((await Run([.. dial, "--json"])).Output)!;
        Assert.Equal(("Connected", $"{World.Account}/{rung}"), ((string?)again["phase"], (string?)again["key"]));
        Assert.Equal(0, (await Run("hangup", $"{World.Account}/{rung}")).Code);
    }

    [Fact]
    public async Task A_caller_is_passed_on_after_an_announcement_and_stays_when_the_target_is_busy()
    {
        await using var scene = await TransferScene.Begin(house);
        Assert.Equal(ExitCode.Failed, (await Run("transfer", $"{scene.Talk.Call}", "tel:+12125550121", "--warm")).Code);
        await scene.Talk.BothAreHeard();

        var passing = Run("transfer", $"{scene.Talk.Call}", TransferScene.To().Target, "--warm", "--announcement", "speech");
        await scene.TargetPhone.Phone.Rings(Stop);
        await scene.TargetPhone.Phone.Answer();
        var (code, shown, _) = await passing;

        Assert.Equal(0, code);
        Assert.Contains("the caller talks with", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(TransferScene.To().Target["tel:".Length..], shown, StringComparison.Ordinal);
        await Task.WhenAll(scene.CallerPhone.Hears(TransferScene.Target), scene.TargetPhone.Hears(TransferScene.Caller));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("a-wrong-password", ExitCode.Failed)]
    public async Task An_account_s_settings_are_tried_out_without_a_cluster(string? password, int expected)
    {
        var account = house.Settings.Where(setting => setting.Key.StartsWith("GoTo:Accounts:", StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key, setting => setting.Value);
        password = account[$"GoTo:Accounts:{World.Account}:Password"] = password ?? account[$"GoTo:Accounts:{World.Account}:Password"];
        var file = Path.Combine(Directory.CreateTempSubdirectory("goto-cli-").FullName, "settings.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(account), Stop);

        var (code, shown, _) = await Run("diagnose", "--settings", file);

        Assert.True(expected == code, shown);
        Assert.Contains(expected == 0 ? "✓" : "✗", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(password!, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_logs_an_account_in_by_the_browser()
    {
        var settings = new Dictionary<string, string?>(house.World.SiloSettings())
        {
            [$"GoTo:Accounts:{World.Account}:Grant"] = "AuthorizationCode",
            ["GoTo:Cluster:SqliteFile"] = Path.Combine(Directory.CreateTempSubdirectory("goto-cli-").FullName, "goto.db"),
        };
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        var shown = new SharedText();

        var login = CommandLine.Run(
            ["login", "--port", $"{Ports.Free()}", "--gateway-port", settings["GoTo:Cluster:GatewayPort"]!], Console(shown), TextWriter.Null);
        await Until.True(
            () => Task.FromResult(Page().IsMatch(shown.ToString())), TimeSpan.FromSeconds(30), "the page to log in at is shown");
        using var browser = new HttpClient();
        await browser.GetStringAsync(new Uri(Page().Match(shown.ToString()).Value), Stop);

        Assert.Equal(0, await login.Within(TimeSpan.FromSeconds(30), "the login is done"));
        Assert.Contains("is logged in", shown.ToString(), StringComparison.Ordinal);
        // Until then the channel had nothing to connect with, and tried ever less often; now it tries at once.
        await service.ChannelUp(TimeSpan.FromSeconds(90));
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
        var shown = new StringWriter();
        Assert.Equal(ExitCode.OutOfReach, await CommandLine.Run(["calls", "--gateway-port", "1"], Console(shown), TextWriter.Null));
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
        var (shown, output) = (new StringWriter(), new StringWriter());
        string[] where = args[0].StartsWith('[') ? [] : ["--gateway-port", house.Settings["GoTo:Cluster:GatewayPort"]!, "--actor", "tester"];
        var code = await CommandLine.Run([.. args, .. where], Console(shown), output);
        return (code, shown.ToString(), output.ToString());
    }

    private static IAnsiConsole Console(TextWriter shown)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(shown) });
        console.Profile.Width = 200;
        return console;
    }

    [GeneratedRegex(@"http\S+(?=\s)")]
    private static partial Regex Page();

    /// <summary>A text that is read while it is written.</summary>
    private sealed class SharedText : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text) _text.Append(value);
        }

        public override string ToString()
        {
            lock (_text) return _text.ToString();
        }
    }
}
