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

        var (failed, refused) = (faults.Count(fault => fault is not EchoAgentFault.None), world.Faults.Refused);
        output.WriteLine(
            $"Seed {Seed}: {refused} refused, {failed} of {faults.Count} jobs failed: {(double)(refused + failed) / (refused + faults.Count):P0}");
        foreach (var end in ends.CountBy(end => end)) output.WriteLine($"{end.Value} × {end.Key}");
        Assert.Equal((true, true), (refused > 0, failed > 0));
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
                // The agent was there, and left before it said anything: that must be known, and another one sought.
                return events.SkipWhile(e => e is not AgentReady).SkipWhile(e => e is not AgentLost)
                    .Any(e => e is AgentSought or AgentMissing) ? CallEnd.AgentLost : CallEnd.Silent;
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

        /// <summary>It was answered, and the agent left at that moment; another one was sought, or the call ended for want of one.</summary>
        AgentLost,

        /// <summary>It was answered, nobody was there, and nobody knew or did anything about it.</summary>
        Silent,
    }
}
