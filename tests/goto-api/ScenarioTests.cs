using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>Scenarios of the simulated cloud (decisions part c): what happens when, the same in every run.</summary>
public sealed class ScenarioTests
{
    private const string TwoCalls = """
        {
          "steps": [
            { "atMs": 20, "do": "call", "call": "first", "from": "+15555550199", "to": "+15555550100" },
            { "atMs": 20, "do": "call", "call": "second", "from": "+15555550198", "to": "+15555550101" },
            { "atMs": 60, "do": "recording", "call": "second", "status": "paused" },
            { "atMs": 90, "do": "dtmf", "call": "first", "digit": "5" },
            { "atMs": 120, "do": "hangup", "call": "first" }
          ]
        }
        """;

    [Fact]
    public async Task The_same_scenario_and_seed_make_the_same_event_log()
    {
        var first = await Log(7);
        var second = await Log(7);
        var other = await Log(8);

        Assert.Equal(5, first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.Contains("2026-01-01T00:00:00.020Z", first, StringComparison.Ordinal);
        Assert.Contains("2026-01-01T00:00:00.120Z", first, StringComparison.Ordinal);
        // The second call, 130 ms after it rang.
        Assert.Contains("2026-01-01T00:00:00.150Z", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_only_listen_change_nothing()
    {
        var alone = await Log(7);

        var heard = await Log(7, async given =>
        {
            for (var login = 0; login < 3; login++)
                await given.Api.Tokens(given.Account).LogIn(Given.Cancellation);
        });

        Assert.Equal(alone, heard);
    }

    [Fact]
    public async Task A_step_that_cannot_be_done_is_told_and_the_scenario_goes_on()
    {
        await using var given = await Given.ACloud();
        given.Cloud.Play(CloudScenario.Read("""
            {"steps":[
              {"atMs":0,"do":"call","call":"one","to":"+15555550100"},
              {"atMs":1,"do":"dtmf","call":"one","digit":"5"},
              {"atMs":2,"do":"fault","path":"/users","status":500},
              {"atMs":3,"do":"limits","limits":"goto-public"},
              {"atMs":4,"do":"event-faults","lose":0.5},
              {"atMs":5,"do":"drop-sockets"},
              {"atMs":6,"do":"expire-channels"},
              {"atMs":7,"do":"expire-tokens"},
              {"atMs":8,"do":"clear-faults"},
              {"atMs":8,"do":"far-end","to":"tel:+15551234567","does":"busy"},
              {"atMs":9,"do":"call","call":"two","to":"+15555550101"}
            ]}
            """));

        await Wait.Until(async () => await given.CallCount() == 2);
        Assert.Contains(given.Log.Lines, line => line.Contains("'dtmf' at 1 ms did nothing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]", "JSON object")]
    [InlineData("{\"steps\":", "not JSON")]
    [InlineData("{}", "steps")]
    [InlineData("{\"steps\":[{\"do\":\"drop-sockets\"}]}", "Step 1")]
    [InlineData("{\"steps\":[{\"atMs\":0,\"do\":\"sing\"}]}", "sing")]
    [InlineData("{\"steps\":[{\"atMs\":0,\"do\":\"call\",\"call\":\"a\"}]}", "'to'")]
    [InlineData("{\"steps\":[{\"atMs\":0,\"do\":\"hangup\"}]}", "'call'")]
    [InlineData("{\"steps\":[{\"atMs\":0,\"do\":\"hangup\",\"call\":\"a\"}]}", "not there yet")]
    [InlineData("{\"steps\":[{\"atMs\":0,\"do\":\"fault\",\"path\":\"/\",\"status\":99}]}", "Step 1")]
    [InlineData("{\"steps\":[{\"atMs\":0,\"do\":\"far-end\",\"to\":\"ext:1001\",\"does\":\"sing\"}]}", "answers-later")]
    [InlineData("{\"start\":\"soon\",\"steps\":[]}", "start")]
    public void A_file_that_is_no_scenario_is_refused_with_the_reason(string json, string says) =>
        Assert.Contains(
            says, Assert.Throws<CloudScenarioException>(() => CloudScenario.Read(json)).Message,
            StringComparison.Ordinal);

    /// <summary>The event log of the scenario in real time, on a clock of its own.</summary>
    private static async Task<string> Log(int seed, Func<Given, Task>? meanwhile = null)
    {
        var scenario = CloudScenario.Read(TwoCalls);
        var clock = new ScenarioClock(scenario.Start!.Value);
        await using var given = await Given.ACloud(
            new GoToCloudOptions { Seed = seed, RingTimeout = TimeSpan.FromMilliseconds(130) }, cloudTime: clock);
        given.Cloud.Play(scenario);
        using var stop = new CancellationTokenSource();
        var running = clock.Begin(stop.Token);
        if (meanwhile is not null)
            await meanwhile(given);
        var log = "";
        await Wait.Until(async () =>
        {
            log = await given.Sim.GetStringAsync("/_sim/events", Given.Cancellation);
            return log.Contains("\"timeout\"", StringComparison.Ordinal);
        });
        await stop.CancelAsync();
        await running;
        return log;
    }
}
