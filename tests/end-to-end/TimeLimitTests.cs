using GoTo.Calls;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>A silo whose calls may neither ring nor last for long.</summary>
public sealed class TimeLimitTests : IAsyncLifetime
{
    private World _world = null!;
    private SiloProcess _silo = null!;
    private Service _service = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.Start();
        var settings = new Dictionary<string, string?>(_world.SiloSettings(patience: TimeSpan.FromMinutes(2)))
        {
            ["GoTo:Calls:LongestRing"] = "00:00:10",
            ["GoTo:Calls:LongestCall"] = "00:00:02",
        };
        _silo = await SiloProcess.Start(settings);
        _service = await Service.Connect(settings);
        await _service.ChannelUp();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _silo.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_that_rings_too_long_hears_busy()
    {
        await using var phone = _world.Dial(Speech.Short, World.NumberOfLateAgent);
        await using var journal = _service.Follow(await phone.Rings());

        var report = await phone.IsOver();

        Assert.Equal((PhoneOutcome.NotAnswered, "busy", null), (report.Outcome, report.EndReason, report.Answered));
        await EndsBy(journal, TimeLimit.Ringing, HangUpReason.Busy, EndReason.Busy);
    }

    [Fact]
    public async Task A_call_that_lasts_too_long_is_hung_up_while_they_talk()
    {
        using var speech = new Speech();
        await using var phone = _world.Dial(speech.UntilStopped);
        await using var journal = _service.Follow(await phone.Rings());

        var report = await phone.IsOver();

        Assert.Equal((PhoneOutcome.CutOff, "agent_hangup"), (report.Outcome, report.EndReason));
        await EndsBy(journal, TimeLimit.Duration, HangUpReason.Normal, EndReason.LocalHangUp);
    }

    /// <summary>The journal tells which limit it was, what was done then, and how the call ended.</summary>
    private static async Task EndsBy(JournalReader journal, TimeLimit limit, HangUpReason hangUp, EndReason end)
    {
        var events = await journal.ToEnd();
        Assert.Equal(limit, Assert.Single(events.OfType<TimeLimitReached>()).Limit);
        Assert.Equal(hangUp, Assert.Single(events.OfType<HangUpIntended>()).Reason);
        Assert.Equal(end, ((Ended)events[^1]).Reason);
    }
}
