using System.Net.Http.Json;
using System.Text.Json;
using GoTo.Calls;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>Two silo processes on a real Redis and PostgreSQL.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    /// <summary>A death is noticed after three probes of a second each; the rest is room for a busy machine.</summary>
    private static readonly TimeSpan ChannelLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan KeyLimit = TimeSpan.FromSeconds(20);

    private readonly List<IAsyncDisposable> _open = [];
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public async ValueTask DisposeAsync()
    {
        foreach (var each in _open) await each.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Two_silos_share_calls_whose_parts_are_on_both()
    {
        var settings = _world.ClusterSettings(silos: 2);
        await using var first = await SiloProcess.Start(settings[0]);
        await using var second = await SiloProcess.Start(settings[1]);
        await using var service = await Service.Connect(settings[0]);
        await service.ChannelUp();
        await service.SeesSilos(first.SiloPort, second.SiloPort);

        for (var round = 0; round < 2; round++)
        {
            using var speech = new Speech();
            var calls = await Talking(service, speech, count: 4);
            var (at, media) = (await service.Locate("call"), await service.Locate("media"));
            foreach (var (_, journal) in calls)
            {
                // Where Orleans puts a call is its own affair. From here on no call is where its audio is.
                var call = journal.Call.ToString();
                if (at[call] != media[call]) continue;
                await service.Move(journal.Call, at[call] == first.SiloPort ? second.SiloPort : first.SiloPort);
                await journal.Has<Reconciled>();
            }
            speech.Stop();
            foreach (var (phone, journal) in calls)
            {
                await phone.IsFlawless();
                Assert.Equal(EndReason.RemoteHangUp, ((Ended)(await journal.ToEnd())[^1]).Reason);
            }
        }

        // One login for all that two silos asked of GoTo.
        using var sim = new HttpClient { BaseAddress = _world.Cloud.BaseUrl };
        var state = await sim.GetFromJsonAsync<JsonElement>(new Uri("_sim/state", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(1, state.GetProperty("accessTokens").GetInt32());
    }

    [Fact]
    public async Task A_command_that_is_repeated_at_another_silo_is_done_once_and_has_its_first_outcome()
    {
        var settings = _world.ClusterSettings(silos: 2);
        await using var first = await SiloProcess.Start(settings[0]);
        await using var second = await SiloProcess.Start(settings[1]);
        await using var service = await Service.Connect(settings[0]);
        await service.ChannelUp();
        await service.SeesSilos(first.SiloPort, second.SiloPort);
        await using var talk = await Talk.Inbound(_world, service);
        var (id, stop) = (new CommandId("the one"), TestContext.Current.CancellationToken);
        var receipt = await talk.Grain.SendDtmf("12#", id, stop);
        var outcome = await talk.Grain.WhenSettled(id, stop);

        var at = (await service.Locate("call"))[talk.Call.ToString()];
        await service.Move(talk.Call, at == first.SiloPort ? second.SiloPort : first.SiloPort);

        Assert.Equal(receipt, await talk.Grain.SendDtmf("12#", id, stop));
        Assert.Equal((outcome, true), (await talk.Grain.WhenSettled(id, stop), outcome.IsDone));
        // GoTo gets a call's requests in order: had the first keys been sent again, they would be there before this one.
        await talk.Done((call, another) => call.SendDtmf("4", another));
        await Until.True(() => Task.FromResult(talk.Phone.Keys.Contains("4")), KeyLimit, "the phone is told of the key 4");
        Assert.Equal(["1", "2", "#", "4"], talk.Phone.Keys);
    }

    [Fact]
    public async Task A_silo_that_is_killed_takes_no_audio_of_the_other_with_it()
    {
        var settings = _world.ClusterSettings(silos: 2);
        using var speech = new Speech();
        await using var survivor = await SiloProcess.Start(settings[0]);
        await using var service = await Service.Connect(settings[0]);
        await service.ChannelUp();
        var calls = await Talking(service, speech, count: 6);
        // A silo that joins takes over half of the cluster's book-keeping, but no call.
        await using var doomed = await SiloProcess.Start(settings[1]);
        await service.SeesSilos(survivor.SiloPort, doomed.SiloPort);
        Assert.All(await service.Locate("media"), media => Assert.Equal(survivor.SiloPort, media.Value));

        await doomed.Kill();

        await service.SeesSilos(survivor.SiloPort);
        await service.ChannelUp(ChannelLimit);
        await using (var another = _world.Dial(Speech.Short)) await another.IsFlawless();
        speech.Stop();
        foreach (var (phone, journal) in calls)
        {
            await phone.IsFlawless();
            var events = await journal.ToEnd();
            Assert.DoesNotContain(events, e => e is MediaFailed or HangUpIntended);
            Assert.Equal(EndReason.RemoteHangUp, ((Ended)events[^1]).Reason);
        }
    }

    [Fact]
    public async Task When_the_silo_of_channel_and_calls_is_killed_the_other_passes_its_callers_on_and_takes_new_ones()
    {
        var settings = _world.ClusterSettings(silos: 2);
        using var speech = new Speech();
        await using var doomed = await SiloProcess.Start(settings[0]);
        await using var service = await Service.Connect(settings[1]);
        var epoch = await service.ChannelUp();
        var calls = await Talking(service, speech, count: 2);
        await using var survivor = await SiloProcess.Start(settings[1]);
        await service.SeesSilos(survivor.SiloPort, doomed.SiloPort);
        Assert.Equal(doomed.SiloPort, Assert.Single(await service.Locate("event-channel")).Value);

        var killedAt = TimeProvider.System.GetTimestamp();
        await doomed.Kill();

        await service.ChannelUp(ChannelLimit, afterEpoch: epoch);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"The event channel was back {TimeProvider.System.GetElapsedTime(killedAt).TotalSeconds:0.0} s after the kill.");
        foreach (var (phone, journal) in calls)
        {
            var report = await phone.IsOver();
            Assert.Equal((PhoneOutcome.CutOff, "transfer"), (report.Outcome, report.EndReason));
            var events = await journal.ToEnd();
            Assert.Single(events.OfType<MediaFailed>());
            var back = Assert.Single(events.OfType<CommandAccepted>());
            Assert.Equal($"tel:{World.Number}", Assert.IsType<CallOperation.BlindTransfer>(back.Operation).Target);
            // That GoTo took it is told by its reply or by its event, whichever comes first.
            Assert.Contains(events, e => e is CommandTaken taken && taken.Id == back.Id || e is CommandSettled { Outcome.IsDone: true } done && done.Outcome.Id == back.Id);
            // Asking GoTo how the call stands may tell of the end before call.transferred comes; that comes at most once.
            Assert.True(events.OfType<Transferred>().Count(told => told.Target == $"tel:{World.Number}") <= 1);
            Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
        }
        await using var another = _world.Dial(Speech.Short);
        await another.IsFlawless();
    }

    /// <summary>Phones that talk, with audio both ways, and their journals.</summary>
    private async Task<IReadOnlyList<(PhoneInCall Phone, JournalReader Journal)>> Talking(Service service, Speech speech, int count)
    {
        var calls = new List<(PhoneInCall, JournalReader)>();
        for (var i = 0; i < count; i++)
        {
            var phone = Dial(speech);
            var journal = service.Follow(await phone.Rings());
            _open.Add(journal);
            calls.Add((phone, journal));
            await journal.HasAudio();
        }
        return calls;
    }

    private PhoneInCall Dial(Speech speech)
    {
        var phone = _world.Dial(speech.UntilStopped);
        _open.Add(phone);
        return phone;
    }
}
