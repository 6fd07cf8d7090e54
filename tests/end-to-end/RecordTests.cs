using GoTo.Calls;
using GoTo.Records;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>What is on record of a call when it is over, and that it is there once.</summary>
public sealed class RecordTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private World _world = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_call_leaves_one_record_with_masked_numbers_and_who_did_what()
    {
        using var speech = new Speech();
        var settings = new Dictionary<string, string?>(_world.SiloSettings()) { ["GoTo:Client:Actor"] = "front-desk" };
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        await using var phone = _world.Dial(speech.UntilStopped);
        var call = await phone.Rings();
        await using var journal = service.Follow(call);
        await journal.HasAudio();

        await service.GoTo.Calls.HangUp(call, cancellationToken: Cancellation);

        await phone.IsOver();
        await journal.Has<Ended>();
        var record = await Recorded(service, call);
        Assert.Equal(
            ("acme", CallDirection.Inbound, "+15…67", "+15…00", "echo", EndReason.LocalHangUp),
            (record.Tenant, record.Direction, record.From, record.To, record.Agent, record.EndReason));
        Assert.True(record.StartedAt < record.AnsweredAt && record.AnsweredAt < record.EndedAt && record.Talked > TimeSpan.Zero);
        var hangUp = Assert.Single(await service.GoTo.Records.Audit(new RecordQuery { Subject = call.ToString() }, Cancellation).ToListAsync(Cancellation));
        Assert.Equal(("front-desk", "acme", "HangUp", "Done"), (hangUp.Actor, hangUp.Tenant, hangUp.Operation, hangUp.Outcome));

        await Assert.ThrowsAsync<CallTransitionException>(() => service.GoTo.Calls.HangUp(call, cancellationToken: Cancellation));

        var trail = await service.GoTo.Records.Audit(new RecordQuery { Subject = call.ToString() }, Cancellation).ToListAsync(Cancellation);
        Assert.Equal((2, "HangUp", nameof(CallTransitionException)), (trail.Count, trail[0].Operation, trail[0].Outcome));
        await silo.Logs("GoTo.Records");
        Assert.DoesNotContain(World.Number, silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_is_killed_when_a_call_has_ended_leaves_no_call_without_a_record_and_none_with_two()
    {
        var settings = _world.SiloSettings();
        await using var service = Service.Connecting(settings);
        CallKey call;
        await using (var silo = await SiloProcess.Start(settings))
        {
            await service.ChannelUp();
            await using var phone = _world.Dial(Speech.Short);
            call = await phone.Rings();
            await using var journal = service.Follow(call);
            await journal.Has<Ended>();
            await silo.Kill();
        }
        await using var next = await SiloProcess.Start(settings);
        await service.ChannelUp();

        Assert.Equal(EndReason.RemoteHangUp, (await Recorded(service, call)).EndReason);
        await using (var phone = _world.Dial(Speech.Short)) await phone.IsFlawless();
        await Until.True(async () => (await service.GoTo.Records.Calls(null, Cancellation).ToListAsync(Cancellation)).Count == 2, Limit, "both calls are on record");
        Assert.Single(await service.GoTo.Records.Calls(new RecordQuery { Subject = call.ToString() }, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_tenant_with_all_the_calls_that_it_may_have_hears_busy_until_one_ends_also_after_a_crash()
    {
        using var speech = new Speech();
        var settings = _world.SiloSettings(patience: TimeSpan.FromMinutes(1));
        await using var service = Service.Connecting(settings);
        PhoneInCall first;
        await using (var silo = await SiloProcess.Start(settings))
        {
            await service.ChannelUp();
            await service.GoTo.Tenants.SetQuotas("acme", new() { ConcurrentCalls = 1 });
            first = _world.Dial(speech.UntilStopped, World.NumberOfLateAgent);
            await using var journal = service.Follow(await first.Rings());
            await journal.Has<RoomJoined>();
            await HearsBusy(service);
            Assert.Single((await service.GoTo.Tenants.Get("acme")).LiveCalls);
            await silo.Kill();
        }
        await using var phone = first;
        await using var next = await SiloProcess.Start(settings);
        await service.ChannelUp();

        await HearsBusy(service);
        await service.GoTo.Calls.HangUp(await first.Rings(), cancellationToken: Cancellation);
        await first.IsOver();
        await Until.True(async () => (await service.GoTo.Tenants.Get("acme")).LiveCalls.Count == 0, Limit, "the tenant has no call");
        await using var last = _world.Dial(Speech.Short);
        await last.IsFlawless();
    }

    private async Task HearsBusy(Service service)
    {
        await using var phone = _world.Dial(Speech.Short);
        await using var journal = service.Follow(await phone.Rings());
        var report = await phone.IsOver();
        Assert.Equal((PhoneOutcome.NotAnswered, "busy"), (report.Outcome, report.EndReason));
        Assert.Equal(Tenants.Quota.ConcurrentCalls, (await journal.Has<QuotaExceeded>()).Quota);
    }

    private static async Task<CallRecord> Recorded(Service service, CallKey call)
    {
        CallRecord? record = null;
        await Until.True(
            async () => (record = await service.GoTo.Records.Calls(new RecordQuery { Subject = call.ToString() }, Cancellation)
                .SingleOrDefaultAsync(Cancellation)) is not null,
            Limit, $"{call} is on record");
        return record!;
    }
}
