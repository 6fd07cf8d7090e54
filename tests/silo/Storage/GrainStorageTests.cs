using System.Diagnostics;
using Npgsql;
using Orleans.Storage;

namespace GoTo.Silo.Tests.Storage;

public sealed class GrainStorageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task What_was_written_is_there_after_a_restart(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        using (var before = await store.StartSilo(Cancellation))
        {
            var call = await Activation.Read(before, "call-1");
            Assert.Equal(0, call.Value);
            await call.Write(7);
            await call.Write(8);
            await before.StopAsync(Cancellation);
        }
        using var after = await store.StartSilo(Cancellation);
        Assert.Equal(8, (await Activation.Read(after, "call-1")).Value);
        Assert.Equal(0, (await Activation.Read(after, "call-2")).Value);
        await after.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task An_activation_that_was_overtaken_can_write_no_more(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        using var silo = await store.StartSilo(Cancellation);

        // Two that each believe to be the first.
        var (one, other) = (await Activation.Read(silo, "call-1"), await Activation.Read(silo, "call-1"));
        await one.Write(1);
        await Assert.ThrowsAsync<InconsistentStateException>(() => other.Write(2));

        // One that comes back after its successor has written.
        var (zombie, owner) = (await Activation.Read(silo, "call-1"), await Activation.Read(silo, "call-1"));
        await owner.Write(3);
        await Assert.ThrowsAsync<InconsistentStateException>(() => zombie.Write(4));
        await Assert.ThrowsAsync<InconsistentStateException>(() => zombie.Clear());

        await owner.Write(5);
        Assert.Equal(5, (await Activation.Read(silo, "call-1")).Value);
        await silo.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Of_many_that_write_at_once_exactly_one_wins(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        using var silo = await store.StartSilo(Cancellation);
        var rivals = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Activation.Read(silo, "call-1")));

        var won = await Task.WhenAll(rivals.Select(async (rival, value) =>
        {
            try
            {
                await rival.Write(value);
                return true;
            }
            catch (InconsistentStateException)
            {
                return false;
            }
        }));

        Assert.Equal(Array.IndexOf(won, true), (await Activation.Read(silo, "call-1")).Value);
        Assert.Single(won, w => w);
        await silo.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task The_schema_can_be_applied_by_many_silos_at_once_and_again_later(Engine engine)
    {
        await using var store = await TestStore.Create(engine);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.ApplySchema(Cancellation), Cancellation)));
        using var silo = await store.StartSilo(Cancellation);
        await (await Activation.Read(silo, "call-1")).Write(1);
        await store.ApplySchema(Cancellation);
        Assert.Equal(1, (await Activation.Read(silo, "call-1")).Value);
        await silo.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_many_grains_write_at_once_into_PostgreSQL_is_each_one_s_own()
    {
        await using var store = await TestStore.Create(Engine.PostgreSql);
        using var silo = await store.StartSilo(Cancellation);
        var calls = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Activation.Read(silo, $"call-{n}")));
        for (var round = 1; round <= 3; round++) await Task.WhenAll(calls.Select((call, n) => call.Write(1000 * round + n)));

        // One of many was overtaken: it alone is told so.
        await (await Activation.Read(silo, "call-7")).Write(7);
        var late = calls.Select((call, n) => call.Write(4000 + n)).ToArray();
        await Assert.ThrowsAsync<InconsistentStateException>(() => late[7]);
        await Task.WhenAll(late.Where(write => write != late[7]));

        var stored = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Activation.Read(silo, $"call-{n}")));
        Assert.Equal(Enumerable.Range(0, 200).Select(n => n == 7 ? 7 : 4000 + n), stored.Select(call => call.Value));
        await silo.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_PostgreSQL_refuses_fails_alone()
    {
        await using var store = await TestStore.Create(Engine.PostgreSql);
        using var silo = await store.StartSilo(Cancellation);
        var tooLong = await Activation.Read(silo, new string('x', 600));
        var calls = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Activation.Read(silo, $"call-{n}")));

        var refused = Task.CompletedTask;
        var writes = calls.Select((call, n) =>
        {
            if (n == 20) refused = tooLong.Write(1);
            return call.Write(n);
        }).ToArray();

        await Assert.ThrowsAsync<PostgresException>(() => refused);
        await Task.WhenAll(writes);
        await calls[0].Write(100);
        Assert.Equal(100, (await Activation.Read(silo, "call-0")).Value);
        Assert.Equal(39, (await Activation.Read(silo, "call-39")).Value);
        await silo.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Sixty_four_writers_into_SQLite_all_get_through_and_none_starves()
    {
        await using var store = await TestStore.Create(Engine.Sqlite);
        using var silo = await store.StartSilo(Cancellation);
        var longest = await Task.WhenAll(Enumerable.Range(0, 64).Select(async writer =>
        {
            var call = await Activation.Read(silo, $"call-{writer}");
            var worst = TimeSpan.Zero;
            for (var i = 1; i <= 20; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await call.Write(i);
                worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            }
            return worst;
        }));

        // Ungated, the unluckiest waits for five seconds and more.
        Assert.True(longest.Max() < TimeSpan.FromSeconds(2), $"one writer waited {longest.Max()}");
        Assert.Equal(20, (await Activation.Read(silo, "call-63")).Value);
        await silo.StopAsync(Cancellation);
    }
}
