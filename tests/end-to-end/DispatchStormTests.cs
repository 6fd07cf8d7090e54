using System.Collections.Concurrent;
using GoTo.Calls;
using GoTo.Simulator.Agents;

namespace GoTo.EndToEnd.Tests;

/// <summary>
/// Three in ten dispatches fail, each in one of four ways: the API refuses them, or the agent never comes, leaves at once, or
/// has no audio. Phones with audio of their own call through the whole system.
/// </summary>
public sealed class DispatchStormTests(ITestOutputHelper output)
{
    private const int Calls = 100;
    private const int AtOnce = 10;
    private const int Seed = 20251126;

    [Fact]
    public async Task Nobody_is_answered_into_silence_and_nothing_is_left_behind()
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings(patience: TimeSpan.FromSeconds(4));
        settings["GoTo:Numbers:1:NextAgents:0"] = "echo";
        settings["GoTo:Numbers:1:AgentLoss:ReturnTimeout"] = "00:00:00.2";
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        var chance = new Random(Seed);
        var faults = new ConcurrentBag<EchoAgentFault>();
        var flaky = await world.StartAgent(World.LateAgent, _ =>
        {
            lock (chance)
            {
                // 8 % of what the API has taken, each: with the 8 % that it refuses three in ten fail.
                var roll = chance.NextDouble();
                var fault = roll < 0.08 ? EchoAgentFault.NeverComes
                    : roll < 0.16 ? EchoAgentFault.LeavesAtOnce
                    : roll < 0.24 ? EchoAgentFault.NoAudio
                    : EchoAgentFault.None;
                faults.Add(fault);
                return fault;
            }
        });
        world.Faults.RefuseDispatches(0.08, new Random(Seed));
        using var room = new SemaphoreSlim(AtOnce);

        var ends = await Task.WhenAll(Enumerable.Range(0, Calls).Select(Call));

        output.WriteLine($"Seed {Seed}: {faults.Count(f => f is not EchoAgentFault.None)} of {faults.Count} jobs failed.");
        foreach (var end in ends.CountBy(end => end)) output.WriteLine($"{end.Value} × {end.Key}");
        Assert.Contains(faults, fault => fault is not EchoAgentFault.None);
        Assert.DoesNotContain(CallEnd.Silent, ends);
        Assert.True(ends.Count(end => end is CallEnd.Talked) > Calls / 2, "most calls are talks");
        world.Faults.RefuseDispatches(0, chance);
        await Until.True(
            () => Task.FromResult(world.Rooms is { Participants: 0, Sockets: 0, Peers: 0 } && flaky.Jobs == 0),
            TimeSpan.FromSeconds(90), "no participant, socket, media connection or job is left");
        await Until.True(
            async () => (await service.Locate("media")).Count == 0,
            TimeSpan.FromSeconds(90), "no call's audio is left in the silo");

        async Task<CallEnd> Call(int _)
        {
            await room.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                using var speech = new Speech();
                await using var phone = world.Dial(speech.UntilStopped.Take(150), World.NumberOfLateAgent);
                var report = await phone.IsOver(TimeSpan.FromMinutes(3));
                if (report.Answered is null) return CallEnd.NotAnswered;
                if (report.Echo.Echoed > 0) return CallEnd.Talked;
                await using var journal = service.Follow(new CallKey(World.Account, report.CallId!));
                var events = await journal.ToEnd();
                // The agent was there, and left before it said anything: known, and acted upon.
                return events.Any(e => e is AgentReady) && events.Any(e => e is AgentLost) ? CallEnd.AgentLost : CallEnd.Silent;
            }
            finally
            {
                room.Release();
            }
        }
    }

    private enum CallEnd
    {
        /// <summary>The phone heard the agent.</summary>
        Talked,

        /// <summary>No agent took it: the phone heard that it is busy.</summary>
        NotAnswered,

        /// <summary>It was answered, and the agent left at that moment; the call was dealt with.</summary>
        AgentLost,

        /// <summary>It was answered, and nobody was there, and nobody knew.</summary>
        Silent,
    }
}
