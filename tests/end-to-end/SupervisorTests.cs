using GoTo.EndToEnd.Tests.Phones;
using GoTo.Interop.Tests;
using GoTo.LiveKit;
using GoTo.LiveKitSdk.Tests;

namespace GoTo.EndToEnd.Tests;

/// <summary>
/// A supervisor on LiveKit's own <c>livekit-client</c>, in a page of Chromium, joins the room of a call: judged by what
/// phone, agent and supervisor hear.
/// </summary>
[Collection(HouseCollection.Name)]
public sealed class SupervisorTests(House house) : IAsyncLifetime
{
    private const double Pitch = Talk.OtherPitch;

    private readonly ChromiumBrowser _browser = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Fact]
    public async Task A_supervisor_hears_both_and_the_caller_hears_supervisor_and_agent_at_once()
    {
        await using var talk = await Talk.Inbound(house);
        await using var supervisor = await Join(house.World, talk);
        await HearsBoth(supervisor, talk);
        await IsBitExact(talk);

        await supervisor.Call("publishTone", new { name = "supervisor", hz = Pitch });

        await Task.WhenAll(
            talk.Phone.Hears(Talk.AgentPitch, Pitch), talk.Agent.Hears(Talk.PhonePitch, Pitch), HearsBoth(supervisor, talk));
        await supervisor.Call("leave");
        await talk.BothAreHeard();
        await IsBitExact(talk);
        HasNoGap(talk.Phone.Packets);
    }

    [Fact]
    public async Task A_supervisor_who_is_silent_or_muted_costs_the_agents_audio_nothing()
    {
        await using var talk = await Talk.Inbound(house);
        await using var supervisor = await Join(house.World, talk);
        await supervisor.Call("publishTone", new { name = "supervisor", hz = Pitch, dtx = true });
        await talk.Phone.Hears(Talk.AgentPitch, Pitch);

        await supervisor.Call("say", new { aloud = false });
        await talk.Phone.Hears(Talk.AgentPitch);
        await IsBitExact(talk);
        await supervisor.Call("say", new { aloud = true });
        await talk.Phone.Hears(Talk.AgentPitch, Pitch);
        await supervisor.Call("mute", new { muted = true });
        await talk.Phone.Hears(Talk.AgentPitch);
        await IsBitExact(talk);

        HasNoGap(talk.Phone.Packets);
    }

    [Fact]
    public async Task On_hold_and_muted_the_caller_does_not_hear_the_supervisor_either()
    {
        await using var talk = await Talk.Inbound(house);
        await using var supervisor = await Join(house.World, talk);
        await supervisor.Call("publishTone", new { name = "supervisor", hz = Pitch });
        await talk.Phone.Hears(Talk.AgentPitch, Pitch);

        await talk.Done((call, id) => call.Mute(id));
        await Task.WhenAll(talk.Phone.Hears(), talk.Agent.Hears(Talk.PhonePitch, Pitch));
        await talk.Done((call, id) => call.Hold(id));
        await Task.WhenAll(talk.Phone.Hears(), talk.Agent.Hears(Pitch));
        await talk.Done((call, id) => call.Resume(id));
        await talk.Done((call, id) => call.Unmute(id));

        await Task.WhenAll(talk.Phone.Hears(Talk.AgentPitch, Pitch), talk.Agent.Hears(Talk.PhonePitch, Pitch));
        HasNoGap(talk.Phone.Packets);
    }

    [Fact]
    public async Task Without_libopus_the_caller_hears_one_of_them_at_a_time()
    {
        var folder = Directory.CreateTempSubdirectory("goto-no-opus-").FullName;
        try
        {
            // The loader finds this first, and it is no library.
            await File.WriteAllTextAsync(Path.Combine(folder, "libopus.so.0"), "none", TestContext.Current.CancellationToken);
            await using var world = await World.Start();
            var settings = world.SiloSettings();
            settings["LD_LIBRARY_PATH"] = folder;
            await using var silo = await SiloProcess.Start(settings);
            await silo.Logs("libopus is not on this machine");
            await using var service = await Service.Connect(settings);
            await service.ChannelUp();
            await using var talk = await Talk.Inbound(world, service);
            await using var supervisor = await Join(world, talk);

            await supervisor.Call("publishTone", new { name = "supervisor", hz = Pitch });

            await silo.Logs("audio cannot be mixed or transcoded");
            await talk.Agent.Hears(Talk.PhonePitch, Pitch);
            await IsBitExact(talk);
            await talk.Phone.Hears(Talk.AgentPitch);
            await talk.Agent.DisposeAsync();
            await talk.Phone.Hears(Pitch);
            HasNoGap(talk.Phone.Packets);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<ChromiumPage> Join(World world, Talk talk)
    {
        var room = (await talk.Grain.Describe()).Room!;
        var token = new AccessToken
        {
            Identity = "supervisor",
            Video = new VideoGrant { RoomJoin = true, Room = room, CanPublish = true, CanSubscribe = true },
        }.Sign(world.LiveKit.ApiKey!, world.LiveKit.ApiSecret!, TimeProvider.System);
        var page = await ChromiumPage.Open(_browser);
        await page.Call("connect", new { url = world.LiveKit.Url!.ToString(), token });
        return page;
    }

    private static async Task HearsBoth(ChromiumPage supervisor, Talk talk)
    {
        await supervisor.Call("hears", new { identity = $"phone-{talk.Call.CallId}", hz = Talk.PhonePitch });
        await supervisor.Call("hears", new { identity = talk.Agent.Identity, hz = Talk.AgentPitch });
    }

    /// <summary>The phone gets what the agent says, byte for byte: ten packets in a row, from now on.</summary>
    private static Task IsBitExact(Talk talk)
    {
        var before = talk.Phone.Packets.Count;
        return Until.True(
            () => Task.FromResult(Runs(talk.Phone.Packets.Skip(before)) >= 10), TimeSpan.FromSeconds(20), "the agent is heard bit for bit");

        int Runs(IEnumerable<HeardPacket> packets)
        {
            var (run, longest) = (0, 0);
            foreach (var packet in packets) longest = Math.Max(longest, run = talk.Agent.Said(packet.Payload) ? run + 1 : 0);
            return longest;
        }
    }

    /// <summary>One stream, whoever speaks in it: nothing is missed, and time goes on.</summary>
    private static void HasNoGap(IReadOnlyList<HeardPacket> packets) => Assert.All(packets.Zip(packets.Skip(1)), pair =>
    {
        Assert.Equal((ushort)(pair.First.SequenceNumber + 1), pair.Second.SequenceNumber);
        Assert.InRange((int)(pair.Second.Timestamp - pair.First.Timestamp), 1, int.MaxValue);
    });
}
