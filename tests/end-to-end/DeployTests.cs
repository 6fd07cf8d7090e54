using System.Diagnostics;
using GoTo.Calls;

namespace GoTo.EndToEnd.Tests;

/// <summary>Silos that are replaced one after the other while calls are under way, and a caller whose silo dies.</summary>
public sealed class DeployTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private World _world = null!;
    private IReadOnlyList<Dictionary<string, string?>> _settings = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.Start();
        _settings = _world.ClusterSettings(silos: 3);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_rolling_deploy_with_live_calls_and_new_ones_loses_none()
    {
        var old = await SiloProcess.Start(_settings[0]);
        await using var service = await Service.Connect(_settings[0]);
        var epoch = await service.ChannelUp();
        using var speech = new Speech();
        await using var talking = new PhonesInCall(_world, speech);
        for (var i = 0; i < 3; i++) await talking.Dial(service);
        await using var next = await SiloProcess.Start(_settings[1]);
        await service.SeesSilos(old.SiloPort, next.SiloPort);
        // People go on calling all the time.
        using var enough = new CancellationTokenSource();
        var calling = KeepCalling(enough.Token);

        var stopping = old.Stop(Limit);

        await Until.True(async () => !await old.IsReady() && await old.IsHealthy(), Limit, "the silo that stops is not ready any more, and still serves");
        await service.ChannelUp(Limit, afterEpoch: epoch);
        Assert.Equal(next.SiloPort, Assert.Single(await service.Locate("event-channel")).Value);
        // Whoever calls now talks by way of the other silo, while those who were there first go on by way of the one that stops.
        await using (var late = new PhonesInCall(_world, speech))
        {
            var call = await late.Dial(service);
            Assert.Equal(next.SiloPort, (await service.Locate("media"))[call.ToString()]);
            Assert.False(stopping.IsCompleted, "the silo did not wait for its calls");
            speech.Stop();
            await talking.AreFlawless();
            await late.AreFlawless();
        }
        Assert.Equal(0, await stopping);
        await old.DisposeAsync();
        await enough.CancelAsync();
        var calls = await calling;
        Assert.True(calls > 0, "nobody called meanwhile");
        TestContext.Current.TestOutputHelper?.WriteLine($"{calls} calls came in meanwhile; none was lost.");
    }

    [Fact]
    public async Task A_call_that_outlasts_the_drain_is_passed_on_and_answered_by_another_silo()
    {
        _settings[0]["GoTo:Drain:Limit"] = "00:00:02";
        var old = await SiloProcess.Start(_settings[0]);
        await using var service = await Service.Connect(_settings[0]);
        await service.ChannelUp();
        await using var talk = await Talk.Inbound(_world, service);
        await using var next = await SiloProcess.Start(_settings[1]);
        await service.SeesSilos(old.SiloPort, next.SiloPort);

        var stopping = old.Stop(Limit);

        await TalksAgain(service, talk, next);
        Assert.Equal(0, await stopping);
        await old.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_whose_audio_died_with_its_silo_comes_back_to_the_number_and_talks_again()
    {
        await using var doomed = await SiloProcess.Start(_settings[0]);
        await using var service = await Service.Connect(_settings[0]);
        await service.ChannelUp();
        await using var talk = await Talk.Inbound(_world, service);
        await using var survivor = await SiloProcess.Start(_settings[1]);
        await service.SeesSilos(doomed.SiloPort, survivor.SiloPort);

        await doomed.Kill();

        await TalksAgain(service, talk, survivor);
    }

    /// <summary>GoTo passes the caller on, the phone rings anew where it was sent, and a silo that lives answers it.</summary>
    private async Task TalksAgain(Service service, Talk talk, SiloProcess survivor)
    {
        var gap = Stopwatch.StartNew();
        var target = await talk.Phone.Told("transferred", "target");
        Assert.Equal($"tel:{World.NumberOfToneAgent}", target);
        Assert.Equal(EndReason.Transfer, ((Ended)(await talk.Journal.ToEnd(Limit))[^1]).Reason);
        await talk.Agent.DisposeAsync();
        Assert.Equal("transfer", await talk.Phone.Told("ended", "reason"));
        var again = await Talk.Inbound(_world, service, present: talk.Phone);
        Assert.Equal(survivor.SiloPort, (await service.Locate("media"))[again.Call.ToString()]);
        TestContext.Current.TestOutputHelper?.WriteLine($"The caller heard nobody for {gap.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(gap.Elapsed < TimeSpan.FromSeconds(30), $"the gap was {gap.Elapsed}");
        await again.Agent.DisposeAsync();
        await again.Journal.DisposeAsync();
    }

    /// <summary>Short calls, one after the other; each is heard bit-exact. How many there were.</summary>
    private async Task<int> KeepCalling(CancellationToken enough)
    {
        var calls = 0;
        for (; !enough.IsCancellationRequested; calls++)
        {
            await using var phone = _world.Dial(Speech.Short);
            await phone.IsFlawless();
        }
        return calls;
    }

    /// <summary>Phones that talk with the echo until the speech is over.</summary>
    private sealed class PhonesInCall(World world, Speech speech) : IAsyncDisposable
    {
        private readonly List<(PhoneInCall Phone, JournalReader Journal)> _calls = [];

        public async Task<CallKey> Dial(Service service)
        {
            var phone = world.Dial(speech.UntilStopped);
            var journal = service.Follow(await phone.Rings());
            _calls.Add((phone, journal));
            await journal.HasAudio();
            return journal.Call;
        }

        public async Task AreFlawless()
        {
            foreach (var (phone, journal) in _calls)
            {
                await phone.IsFlawless();
                var events = await journal.ToEnd(Limit);
                Assert.DoesNotContain(events, e => e is MediaFailed or HangUpIntended);
                Assert.Equal(EndReason.RemoteHangUp, ((Ended)events[^1]).Reason);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (phone, journal) in _calls)
            {
                await journal.DisposeAsync();
                await phone.DisposeAsync();
            }
        }
    }
}
