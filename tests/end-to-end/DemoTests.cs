namespace GoTo.EndToEnd.Tests;

/// <summary>The demo, as the reader of the front page runs it.</summary>
public sealed class DemoTests
{
    private const string Demo = "Orleans.GoTo.Demo.dll";
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_makes_a_flawless_first_call_and_ends()
    {
        await using var demo = ChildProcess.Dotnet(Demo, ["--once"]);

        Assert.Equal(0, await demo.Exit(CallLimit));

        Assert.StartsWith("first call: ok", demo.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Empty(demo.Errors);
    }

    [Fact]
    public async Task It_stays_open_for_more_calls_until_it_is_interrupted()
    {
        await using var demo = ChildProcess.Dotnet(Demo, []);
        await demo.Says("Ctrl-C ends it.", CallLimit);

        await demo.Signal("INT");

        Assert.Equal(0, await demo.Exit(TimeSpan.FromSeconds(10)));
        Assert.Empty(demo.Errors);
        Assert.DoesNotContain("fail:", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("exception", demo.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task It_names_an_argument_that_it_does_not_know()
    {
        await using var demo = ChildProcess.Dotnet(Demo, ["--twice"]);

        Assert.Equal(2, await demo.Exit(CallLimit));

        Assert.Equal("The demo does not know '--twice'. It takes --once and --verbose.", demo.Errors.Trim());
    }
}
