using System.Diagnostics;
using GoTo.Simulator.Cloud;
using Microsoft.AspNetCore.Http;

namespace GoTo.Api.Tests;

/// <summary>How long the simulated cloud takes, on a virtual clock (decisions part c).</summary>
public sealed class LatencyTests
{
    [Fact]
    public void Requests_take_what_the_median_and_the_99th_percentile_say()
    {
        var waits = Waits(seed: 1, "/web-calls/v1/calls", 4000).Order().ToArray();

        Assert.InRange(waits[2000].TotalMilliseconds, 55, 65);
        Assert.InRange(waits[3960].TotalMilliseconds, 400, 620);
    }

    [Fact]
    public void Token_requests_take_80_to_300_ms()
    {
        var waits = Waits(seed: 1, "/oauth/token", 1000).Order().ToArray();

        Assert.InRange(waits[0].TotalMilliseconds, 80, 85);
        Assert.InRange(waits[^1].TotalMilliseconds, 295, 300);
    }

    [Fact]
    public void One_seed_makes_one_sequence()
    {
        Assert.Equal(Waits(7, "/users/v1", 50), Waits(7, "/users/v1", 50));
        Assert.NotEqual(Waits(7, "/users/v1", 50), Waits(8, "/users/v1", 50));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void The_event_leaves_before_the_reply_or_after_it(double eventFirst)
    {
        var world = new VirtualWorld();
        var (replied, told) = (TimeSpan.Zero, TimeSpan.Zero);
        Task running = Task.CompletedTask;
        world.Do(() => running = Run());
        world.Run(running, TimeSpan.FromMinutes(1));

        Assert.True(replied > TimeSpan.Zero && told > TimeSpan.Zero);
        Assert.Equal(eventFirst == 1, told < replied);

        async Task Run()
        {
            var options = new GoToCloudOptions
            {
                Seed = 1, Latencies = CloudLatencies.Real with { EventFirst = eventFirst },
            };
            var latency = new CloudLatency(options, world.Clock);
            var context = new DefaultHttpContext();
            context.Request.Path = "/web-calls/v1/calls";
            var events = Task.CompletedTask;
            await latency.Apply(context, _ =>
            {
                events = Tell();
                return Task.CompletedTask;
            });
            replied = world.Clock.Passed;
            await events;

            async Task Tell()
            {
                await Task.Delay(latency.Event(), world.Clock);
                told = world.Clock.Passed;
            }
        }
    }

    [Fact]
    public async Task Calls_go_as_ever_through_a_slow_cloud_and_events_keep_their_order()
    {
        await using var given = await Given.ACloud(new GoToCloudOptions { Seed = 3, Latencies = CloudLatencies.Real });
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var begun = Stopwatch.StartNew();

        var callId = await given.AnInboundCall();
        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
        Assert.True(begun.Elapsed >= TimeSpan.FromMilliseconds(39), $"the event took {begun.Elapsed}");
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        for (var digit = 0; digit < 10; digit++)
            await given.Do($"calls/{callId}/dtmf", new { digit = $"{digit}" });

        await events.NextEvent<CallConnected>();
        for (var digit = 0; digit < 10; digit++)
            Assert.Equal($"{digit}", (await events.NextEvent<CallDtmf>()).Digit.ToString());
    }

    /// <summary>How long so many requests wait, one after the other.</summary>
    private static List<TimeSpan> Waits(int seed, string path, int requests)
    {
        var world = new VirtualWorld();
        var waits = new List<TimeSpan>();
        Task running = Task.CompletedTask;
        world.Do(() => running = Run());
        world.Run(running, TimeSpan.FromHours(1));
        return waits;

        async Task Run()
        {
            var latency = new CloudLatency(
                new GoToCloudOptions { Seed = seed, Latencies = CloudLatencies.Real with { EventFirst = 0 } }, world.Clock);
            for (var request = 0; request < requests; request++)
            {
                var context = new DefaultHttpContext();
                context.Request.Path = path;
                var before = world.Clock.Passed;
                await latency.Apply(context, _ => Task.CompletedTask);
                waits.Add(world.Clock.Passed - before);
            }
        }
    }
}
