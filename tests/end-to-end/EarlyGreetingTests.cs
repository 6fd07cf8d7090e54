using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>Numbers whose phones are answered before an agent is there.</summary>
[Collection(HouseCollection.Name)]
public sealed class EarlyGreetingTests(House house)
{
    private static readonly IReadOnlyList<string> Greeting =
        [.. Speech.Recorded.Select(packet => Convert.ToHexString(packet.Payload.Span))];

    [Fact]
    public async Task A_caller_hears_the_greeting_while_the_agent_gets_ready_and_then_the_agent()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Dial(phone, World.GreetingNumber);
        await journal.Has<Connected>();
        await Until.True(
            () => Task.FromResult(Greeting.Take(20).All(payload => phone.Packets.Any(packet => packet.Payload == payload))),
            TimeSpan.FromSeconds(20), "the phone hears the greeting");
        Assert.DoesNotContain(journal.Entries, entry => entry.Event is AgentReady);

        await using var agent = await ToneAgent.Join(
            house.World, (await journal.Has<RoomJoined>()).Room, Talk.AgentPitch, Talk.PhonePitch);

        await Task.WhenAll(phone.Hears(Talk.AgentPitch), agent.Hears(Talk.PhonePitch));
        await journal.Has<AgentReady>();
        await Until.True(
            () => Task.FromResult(agent.Statuses.SequenceEqual(["ringing", "active"])), TimeSpan.FromSeconds(20),
            "the agent is told of the answer once the greeting is over", () => string.Join(", ", agent.Statuses));
        await journal.Has<Greeted>();
        // It was heard whole, and the agent not within it.
        var heard = phone.Packets.Select(packet => packet.Payload).ToList();
        var first = heard.IndexOf(Greeting[0]);
        Assert.Equal(Greeting, heard.Skip(first).Take(Greeting.Count));
    }

    [Fact]
    public async Task A_caller_who_was_greeted_and_whom_no_agent_takes_is_passed_on()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Dial(phone, World.GreetingNumberWithFallback);

        Assert.Equal("ext:1001", await phone.Told("transferred", "target"));

        var events = await journal.ToEnd();
        Assert.Single(events.OfType<AgentMissing>());
        Assert.True(events.ToList().FindIndex(e => e is Connected) < events.ToList().FindIndex(e => e is AgentMissing));
        Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
    }

    [Fact]
    public async Task What_is_asked_of_a_greeted_call_does_not_wait_for_the_agent()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Dial(phone, World.GreetingNumber);
        await journal.Has<Connected>();

        // Sooner than the 30 s that the agent has.
        await house.Service.Cluster.Call(journal.Call).BlindTransfer("ext:1001", CommandId.New(), TestContext.Current.CancellationToken);
        Assert.Equal("ext:1001", await phone.Told("transferred", "target"));

        Assert.Equal(EndReason.Transfer, ((Ended)(await journal.ToEnd())[^1]).Reason);
    }

    private async Task<JournalReader> Dial(TonePhone phone, string number) => house.Service.Follow(
        new CallKey(World.Account, await phone.Phone.Dial("+15551234567", number, TestContext.Current.CancellationToken)));
}
