using GoTo.Calls;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Phones;
using Microsoft.Extensions.Logging;

namespace GoTo.Silo.Tests.Calls;

public sealed class LiveCallTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_configured_number_is_known_before_anything_else_has_started()
    {
        await using var world = await SiloInWorld.Start(Cancellation);
        var report = await world.Dial(Cancellation);
        Assert.Equal(PhoneOutcome.Completed, report.Outcome);
    }

    [Fact]
    public async Task A_call_leaves_no_number_no_SDP_no_token_and_no_secret_in_the_log()
    {
        await using var world = await SiloInWorld.Start(Cancellation);
        var report = await world.Dial(Cancellation);
        Assert.Equal((PhoneOutcome.Completed, 25), (report.Outcome, report.Echo.Echoed));
        await Settled(world, report);

        Assert.Contains(world.Log.All, entry => entry.Line.Contains("Connected", StringComparison.Ordinal));
        foreach (var secret in new[]
        {
            SiloInWorld.Caller[1..], SiloInWorld.Number[1..], CloudAccount.Demo.Password, SiloInWorld.ApiSecret,
            "a=ice-pwd", "a=fingerprint", "v=0", "Bearer ey", "access_token", "refresh_token=", "eyJ",
        })
        {
            var telling = world.Log.All.Where(entry => entry.Line.Contains(secret, StringComparison.Ordinal)).Select(e => e.Line).ToList();
            Assert.True(telling.Count == 0, $"'{secret}' is in the log: {telling.FirstOrDefault()}");
        }
    }

    [Fact]
    public async Task A_good_call_warns_of_nothing_and_its_audio_is_let_go()
    {
        await using var world = await SiloInWorld.Start(Cancellation);
        var before = world.Log.All.Count;
        var report = await world.Dial(Cancellation);
        await Settled(world, report);

        Assert.Empty(await world.Calls.List(SiloInWorld.Account, Cancellation));
        var complaints = world.Log.All.Skip(before).Where(e => e.Level >= LogLevel.Warning && e.Line.StartsWith("GoTo.", StringComparison.Ordinal));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_silo_that_is_stopped_during_a_call_stops_in_good_time_and_without_errors()
    {
        await using var world = await SiloInWorld.Start(Cancellation);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var phone = world.Dial(gone.Token, untilHungUpOn: true);
        await SiloInWorld.Until(
            async () => (await world.Calls.List(SiloInWorld.Account, Cancellation)).Any(c => c.AgentHeard && c.CallerHeard), Cancellation);

        await world.Silo.StopAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(15), Cancellation);

        Assert.Empty(world.Log.All.Where(e => e.Level >= LogLevel.Error).Select(e => e.Line));
        await gone.CancelAsync();
        await Task.WhenAny(phone);
    }

    [Fact]
    public async Task A_hang_up_by_a_service_ends_the_call_and_is_told_to_its_watchers()
    {
        await using var world = await SiloInWorld.Start(Cancellation);
        var phone = world.Dial(Cancellation, untilHungUpOn: true);
        CallSnapshot? call = null;
        await SiloInWorld.Until(
            async () => (call = (await world.Calls.List(SiloInWorld.Account, Cancellation)).SingleOrDefault(c => c.AnsweredAt is not null)) is not null,
            Cancellation);

        await world.Calls.HangUp(call!.Key, cancellationToken: Cancellation);
        await world.Calls.HangUp(call.Key, cancellationToken: Cancellation);

        var events = new List<CallEvent>();
        await foreach (var entry in world.Calls.Watch(call.Key, cancellationToken: Cancellation)) events.Add(entry.Event);
        Assert.Single(events.OfType<HangUpIntended>());
        Assert.Equal(EndReason.LocalHangUp, Assert.Single(events.OfType<Ended>()).Reason);
        Assert.DoesNotContain(events, e => e is MediaFailed);
        await phone;
        await Assert.ThrowsAsync<CallTransitionException>(() => world.Calls.HangUp(call.Key, cancellationToken: Cancellation));
    }

    /// <summary>The call is over, its audio let go, its record written.</summary>
    private static Task Settled(SiloInWorld world, PhoneReport report) => SiloInWorld.Until(
        async () => await Last(world, new CallKey(SiloInWorld.Account, report.CallId!)) is RecordWritten, Cancellation);

    private static async Task<CallEvent?> Last(SiloInWorld world, CallKey call)
    {
        CallEvent? last = null;
        await foreach (var entry in world.Calls.Watch(call, cancellationToken: Cancellation)) last = entry.Event;
        return last;
    }
}
