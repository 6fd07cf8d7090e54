using GoTo.Calls;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>Two silo processes on a real Redis and PostgreSQL.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    /// <summary>Calls after which it is no chance any more that all of them landed on one silo of two.</summary>
    private const int ManyCalls = 12;

    /// <summary>Calls that a silo's death must leave alone: enough that what is lost with half of all grains shows.</summary>
    private const int Survivors = 3;

    /// <summary>A death is noticed after three probes of a second each; the rest is room for a busy machine.</summary>
    private static readonly TimeSpan ChannelLimit = TimeSpan.FromSeconds(15);

    private readonly List<IAsyncDisposable> _open = [];
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public async ValueTask DisposeAsync()
    {
        foreach (var each in _open) await each.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Two_silos_share_the_calls_of_one_event_channel()
    {
        var settings = _world.ClusterSettings(silos: 2);
        await using var first = await SiloProcess.Start(settings[0]);
        await using var second = await SiloProcess.Start(settings[1]);
        await using var service = await Service.Connect(settings[0]);
        await service.ChannelUp();
        Assert.Equal(Ordered(first.SiloPort, second.SiloPort), Ordered([.. await service.ActiveSilos()]));
        var channel = Assert.Single(await service.Locate("event-channel")).Value;

        var elsewhere = 0;
        for (var made = 0; made < 8 || (elsewhere == 0 && made < ManyCalls); made += 4)
        {
            using var speech = new Speech();
            var phones = Enumerable.Range(0, 4).Select(_ => Dial(speech)).ToList();
            foreach (var phone in phones) await phone.Reaches(PhoneStage.FirstAudio);
            var (calls, media) = (await service.Locate("call"), await service.Locate("media"));
            foreach (var phone in phones)
            {
                var call = (await phone.Rings()).ToString();
                if (calls[call] != channel || media[call] != channel) elsewhere++;
            }
            speech.Stop();
            foreach (var phone in phones) await phone.IsFlawless();
        }

        Assert.True(elsewhere > 0, "All calls and all audio were on the silo of the event channel.");
    }

    [Fact]
    public async Task When_a_silo_is_killed_the_calls_of_the_other_go_on_and_its_own_are_ended()
    {
        var settings = _world.ClusterSettings(silos: 2);
        using var speech = new Speech();
        var phones = new List<PhoneInCall>();
        // All that there is, the event channel too, begins on the silo that is going to die.
        await using var doomed = await SiloProcess.Start(settings[0]);
        await using var service = await Service.Connect(settings[1]);
        var epoch = await service.ChannelUp();
        for (var i = 0; i < 2; i++) phones.Add(await TalkingPhone(speech));
        await using var survivor = await SiloProcess.Start(settings[1]);
        IReadOnlyDictionary<string, int> media;
        do
        {
            phones.Add(await TalkingPhone(speech));
            media = await service.Locate("media");
        }
        while (media.Values.Count(silo => silo == survivor.SiloPort) < Survivors && phones.Count < ManyCalls);
        Assert.InRange(media.Values.Count(silo => silo == survivor.SiloPort), Survivors, ManyCalls);
        Assert.Equal(doomed.SiloPort, Assert.Single(await service.Locate("event-channel")).Value);
        var journals = new List<JournalReader>();
        foreach (var phone in phones) journals.Add(service.Follow(await phone.Rings()));
        _open.AddRange(journals);
        foreach (var journal in journals) await journal.HasAudio();

        var killedAt = TimeProvider.System.GetTimestamp();
        await doomed.Kill();

        await service.ChannelUp(ChannelLimit, afterEpoch: epoch);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"The event channel was back {TimeProvider.System.GetElapsedTime(killedAt).TotalSeconds:0.0} s after the kill.");
        Assert.Equal([survivor.SiloPort], await service.ActiveSilos());
        foreach (var (phone, journal) in phones.Zip(journals))
        {
            if (media[(await phone.Rings()).ToString()] == survivor.SiloPort) continue;
            var report = await phone.IsOver();
            Assert.Equal((PhoneOutcome.CutOff, "agent_hangup"), (report.Outcome, report.EndReason));
            var events = await journal.ToEnd();
            Assert.Single(events.OfType<MediaFailed>());
            Assert.Equal(EndReason.LocalHangUp, ((Ended)events[^1]).Reason);
        }
        await using (var another = _world.Dial(Speech.Short)) await another.IsFlawless();
        // Still talking all this time.
        speech.Stop();
        foreach (var (phone, journal) in phones.Zip(journals))
        {
            if (media[(await phone.Rings()).ToString()] != survivor.SiloPort) continue;
            await phone.IsFlawless();
            var events = await journal.ToEnd();
            Assert.DoesNotContain(events, e => e is MediaFailed or HangUpIntended);
            Assert.Equal(EndReason.RemoteHangUp, ((Ended)events[^1]).Reason);
        }
    }

    private async Task<PhoneInCall> TalkingPhone(Speech speech)
    {
        var phone = Dial(speech);
        await phone.Reaches(PhoneStage.FirstAudio);
        return phone;
    }

    private PhoneInCall Dial(Speech speech)
    {
        var phone = _world.Dial(speech.UntilStopped);
        _open.Add(phone);
        return phone;
    }

    private static int[] Ordered(params int[] ports) => [.. ports.Order()];
}
