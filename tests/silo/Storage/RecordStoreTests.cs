using GoTo.Calls;
using GoTo.Records;
using Microsoft.Extensions.DependencyInjection;

namespace GoTo.Silo.Tests.Storage;

public sealed class RecordStoreTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_call_is_on_record_once_with_what_was_done_to_it_however_often_it_is_written(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        using var silo = await store.StartSilo(Cancellation);
        var records = silo.Services.GetRequiredService<IRecordStore>();
        var call = Call(1) with
        {
            AnsweredAt = Noon.AddMilliseconds(1), Talked = TimeSpan.FromMilliseconds(4321), Agent = "echo", TransferTarget = "ext:1001",
        };
        var operations = new[] { Operation("Hold"), Operation("Resume") with { Tenant = null, Detail = "o'clock; --" } };

        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => records.Write(call, operations, Cancellation)));
        Assert.False(await records.Write(call with { Agent = "other" }, operations, Cancellation));

        Assert.Single(written, isNew => isNew);
        var read = Assert.Single(await records.Calls(new RecordQuery(), Cancellation));
        Assert.Equal(call, read with { Id = 0 });
        Assert.Equal(operations.Reverse(), (await records.Audit(new RecordQuery(), Cancellation)).Select(o => o with { Id = 0 }));
        await silo.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Records_are_found_by_tenant_subject_and_time_the_newest_first_and_page_by_page(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        using var silo = await store.StartSilo(Cancellation);
        var records = silo.Services.GetRequiredService<IRecordStore>();
        for (var i = 0; i < 10; i++) await records.Write(Call(i), [], Cancellation);
        await records.Write(Call(10) with { Tenant = "globex" }, [Operation("Mute")], Cancellation);

        Assert.Equal(["10", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0"], await Found(new RecordQuery()));
        Assert.Equal(["10"], await Found(new RecordQuery { Tenant = "globex" }));
        Assert.Equal(["3"], await Found(new RecordQuery { Subject = "main/3", Tenant = "acme" }));
        Assert.Empty(await Found(new RecordQuery { Subject = "main/3", Tenant = "globex" }));
        Assert.Equal(["5", "4"], await Found(new RecordQuery { Since = Noon.AddMinutes(4), Until = Noon.AddMinutes(6) }));
        var first = await records.Calls(new RecordQuery { Limit = 4 }, Cancellation);
        Assert.Equal(["6", "5", "4", "3"], await Found(new RecordQuery { Limit = 4, Before = first[^1].Id }));
        Assert.Equal("Mute", Assert.Single(await records.Audit(new RecordQuery { Subject = "main/1", Tenant = "acme" }, Cancellation)).Operation);
        Assert.Empty(await records.Audit(new RecordQuery { Tenant = "' OR 1=1 --" }, Cancellation));
        await silo.StopAsync(Cancellation);

        async Task<IEnumerable<string>> Found(RecordQuery query) => (await records.Calls(query, Cancellation)).Select(r => r.Call.CallId);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task What_is_old_is_deleted_and_what_is_not_stays(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        using var silo = await store.StartSilo(Cancellation);
        var records = silo.Services.GetRequiredService<IRecordStore>();
        for (var i = 0; i < 4; i++) await records.Write(Call(i), [Operation("Hold") with { At = Noon.AddMinutes(i) }], Cancellation);

        Assert.Equal(4, await records.Purge(Noon.AddMinutes(2), Cancellation));

        Assert.Equal(["3", "2"], (await records.Calls(new RecordQuery(), Cancellation)).Select(r => r.Call.CallId));
        Assert.Equal(2, (await records.Audit(new RecordQuery(), Cancellation)).Count);
        await silo.StopAsync(Cancellation);
    }

    private static CallRecord Call(int i) => new()
    {
        Call = new CallKey("main", $"{i}"), Tenant = "acme", Direction = CallDirection.Inbound, From = "+15…77", To = "+15…00",
        LineId = "line", StartedAt = Noon, EndedAt = Noon.AddMinutes(i), EndReason = EndReason.RemoteHangUp,
    };

    private static AuditRecord Operation(string operation) => new()
    {
        At = Noon, Actor = "service", Tenant = "acme", Operation = operation, Subject = "main/1", Outcome = "Done",
    };
}
