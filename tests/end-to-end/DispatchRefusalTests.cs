using GoTo.Calls;

namespace GoTo.EndToEnd.Tests;

/// <summary>A room server that does not make rooms, or does not send agents, for a while.</summary>
public sealed class DispatchRefusalTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_caller_rings_on_while_the_room_server_refuses_and_is_served_when_it_is_back()
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings();
        settings["GoTo:Numbers:0:AgentTimeout"] = "00:01:00";
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        world.Faults.RefuseDispatches(1, new Random(1));
        await using var phone = await Talk.Connect(world);
        await using var journal = await Call(World.Number);
        await journal.Has<DispatchRefused>();
        await Until.True(() => Task.FromResult(world.Faults.Refused >= 3), TimeSpan.FromSeconds(20), "it is asked again");

        world.Faults.RefuseDispatches(0, new Random(1));

        await phone.Hears(Talk.PhonePitch);
        output.WriteLine($"refused {world.Faults.Refused} times");
        Assert.DoesNotContain(journal.Entries, entry => entry.Event is AgentMissing or FallbackIntended or HangUpIntended);
        await journal.Has<AgentReady>();

        async Task<JournalReader> Call(string number) =>
            service.Follow(new CallKey(World.Account, await phone.Phone.Dial("+15551234567", number, TestContext.Current.CancellationToken)));
    }
}
