using GoTo.Calls;
using GoTo.Simulator.Phones;
using GoTo.WebRtc;

namespace GoTo.EndToEnd.Tests;

/// <summary>A silo that is alone is killed and started again: what was journaled stands, and no call is forgotten.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_connected_call_whose_silo_is_killed_is_compared_with_GoTo_and_passed_on()
    {
        using var speech = new Speech();
        var settings = _world.SiloSettings();
        await using var cut = await Killed(settings, World.Number, speech.UntilStopped, journal => journal.HasAudio());

        await using var next = await SiloProcess.Start(settings);

        var report = await cut.Phone.IsOver();
        Assert.Equal((PhoneOutcome.CutOff, "transfer"), (report.Outcome, report.EndReason));
        var events = await cut.EventsAfterwards();
        Assert.Equal(new Reconciled("connected"), events[0]);
        Assert.Single(events.OfType<MediaFailed>());
        var back = Assert.Single(events.OfType<CommandAccepted>());
        Assert.Equal($"tel:{World.Number}", Assert.IsType<CallOperation.BlindTransfer>(back.Operation).Target);
        // That GoTo took it is told by its reply or by its event, whichever comes first.
        Assert.Contains(events, e => e is CommandTaken taken && taken.Id == back.Id || e is CommandSettled { Outcome.IsDone: true } done && done.Outcome.Id == back.Id);
        // Asking GoTo how the call stands may tell of the end before call.transferred comes; that comes at most once.
        Assert.True(events.OfType<Transferred>().Count(told => told.Target == $"tel:{World.Number}") <= 1);
        Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
        await TakesACall();
    }

    [Fact]
    public async Task A_phone_that_rings_when_the_silo_is_killed_is_answered_by_the_next()
    {
        var settings = _world.SiloSettings(patience: TimeSpan.FromMinutes(1));
        await using var cut = await Killed(settings, World.NumberOfLateAgent, Speech.Short, journal => journal.Has<RoomJoined>());

        await using var next = await SiloProcess.Start(settings);
        await cut.Journal.Has<Reconciled>();
        await _world.StartAgent(World.LateAgent);

        await cut.Phone.IsFlawless();
        var events = await cut.EventsAfterwards();
        Assert.Equal(new Reconciled("ringing"), events[0]);
        Assert.Single(events.OfType<Connected>());
        Assert.Equal(EndReason.RemoteHangUp, ((Ended)events[^1]).Reason);
        await TakesACall();
    }

    [Fact]
    public async Task A_phone_that_rings_when_the_silo_is_killed_hears_busy_from_the_next_when_no_agent_comes()
    {
        var settings = _world.SiloSettings(patience: TimeSpan.FromSeconds(5));
        await using var cut = await Killed(settings, World.NumberOfLateAgent, Speech.Short, journal => journal.Has<RoomJoined>());

        await using var next = await SiloProcess.Start(settings);

        var report = await cut.Phone.IsOver();
        Assert.Equal((PhoneOutcome.NotAnswered, "busy", null), (report.Outcome, report.EndReason, report.Answered));
        var events = await cut.EventsAfterwards();
        Assert.Single(events.OfType<AgentMissing>());
        Assert.Equal(new Ended(EndReason.Busy, TimeSpan.Zero), events[^1]);
        await TakesACall();
    }

    /// <summary>A phone calls at a silo until its call has come to a point, and then there is no silo any more.</summary>
    private async Task<CutOffCall> Killed(
        IReadOnlyDictionary<string, string?> settings, string number, IEnumerable<OpusPacket> speech, Func<JournalReader, Task> point)
    {
        await using var silo = await SiloProcess.Start(settings);
        var service = await Service.Connect(settings);
        await service.ChannelUp();
        var phone = _world.Dial(speech, number);
        var journal = service.Follow(await phone.Rings());
        await point(journal);
        await silo.Kill();
        return new CutOffCall(phone, service, journal, journal.Entries);
    }

    private async Task TakesACall()
    {
        await using var phone = _world.Dial(Speech.Short);
        await phone.IsFlawless();
    }

    /// <summary>A call whose silo was killed, and the service that goes on watching it.</summary>
    private sealed record CutOffCall(
        PhoneInCall Phone, Service Service, JournalReader Journal, IReadOnlyList<CallJournalEntry> Before) : IAsyncDisposable
    {
        /// <summary>
        /// Waits for the end. What was journaled after the kill; the watcher, who watched all the time, has seen what
        /// one sees who asks for the whole journal now, and nothing of before is lost.
        /// </summary>
        public async Task<IReadOnlyList<CallEvent>> EventsAfterwards()
        {
            await using var anew = Service.Follow(Journal.Call);
            var events = await anew.ToEnd();
            Assert.Equal(Before, anew.Entries.Take(Before.Count));
            Assert.Equal(events, await Journal.ToEnd());
            return [.. events.Skip(Before.Count)];
        }

        public async ValueTask DisposeAsync()
        {
            await Journal.DisposeAsync();
            await Phone.DisposeAsync();
            await Service.DisposeAsync();
        }
    }
}
