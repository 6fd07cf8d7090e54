using System.Buffers.Binary;
using System.Diagnostics;
using GoTo.WebRtc.Dtls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

public sealed class DtlsCloseTests : IDisposable
{
    private readonly HandshakePool _pool = new(16);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public async Task Closing_one_end_closes_the_other(DtlsRole closing)
    {
        var (client, server) = await Connected();
        var (closer, other) = closing == DtlsRole.Client ? (client, server) : (server, client);

        closer.Engine.Close();

        Assert.Equal((DtlsCloseReason.ClosedByPeer, null), await other.Closed());
        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await closer.Closed());
        closer.Engine.Close();
        other.Engine.Close();
        Assert.Equal((1, 1), (closer.Closures, other.Closures));
        Assert.Equal((1, 1), (closer.Connections, other.Connections));
    }

    [Fact]
    public async Task An_association_that_was_never_started_closes()
    {
        var end = new DtlsEnd(_pool);

        end.Engine.Close();

        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await end.Closed());
        end.Start(DtlsRole.Client, end);
        Assert.Empty(end.Sent);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public async Task A_handshake_without_an_answer_can_be_closed(DtlsRole role)
    {
        var end = new DtlsEnd(_pool);
        end.Start(role, end);

        end.Engine.Close();

        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await end.Closed());
        Assert.Equal(0, end.Connections);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public async Task Closing_in_the_middle_of_the_handshake_is_a_clean_close(DtlsRole closing)
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        var (closer, other) = closing == DtlsRole.Client ? (client, server) : (server, client);
        DtlsEnd.Connect(client, server);

        // Of the server's flight only the ServerHello arrives: neither can be done, and the client repeats itself.
        server.Wire = flight =>
            client.Engine.Feed(flight.AsSpan(0, 13 + BinaryPrimitives.ReadUInt16BigEndian(flight.AsSpan(11))));
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        while (client.Sent.Count < 2)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        closer.Engine.Close();

        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await closer.Closed());
        Assert.Equal((DtlsCloseReason.ClosedByPeer, null), await other.Closed());
        Assert.Equal(0, closer.Connections + other.Connections);
    }

    /// <summary>The client does not know yet that the server has chosen DTLS 1.2.</summary>
    [Fact]
    public async Task A_client_that_closes_before_it_has_heard_the_server_is_seen_to()
    {
        var (client, server) = (new DtlsEnd(_pool), new DtlsEnd(_pool));
        client.Wire = datagram => server.Engine.Feed(datagram);
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        while (server.Sent.IsEmpty)
            await Task.Delay(5, TestContext.Current.CancellationToken);

        client.Engine.Close();

        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await client.Closed());
        Assert.Equal((DtlsCloseReason.ClosedByPeer, null), await server.Closed());
    }

    [Fact]
    public async Task A_client_that_only_ever_begins_holds_a_thread_for_ten_seconds_at_most()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        client.Start(DtlsRole.Client, server);
        while (client.Sent.IsEmpty)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        client.Engine.Close();
        var hello = client.Sent.First();
        server.Start(DtlsRole.Server, client);
        var begun = Stopwatch.GetTimestamp();
        var closed = server.Closed();

        // Each one is a sign of life, and answered.
        while (!closed.IsCompleted)
        {
            server.Engine.Feed(hello);
            await Task.WhenAny(closed, Task.Delay(200, TestContext.Current.CancellationToken));
        }

        Assert.Equal(DtlsCloseReason.TimedOut, (await closed).Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 5, 18);
    }

    [Fact]
    public async Task A_server_that_hears_nothing_gives_up()
    {
        var time = new FakeTimeProvider();
        var end = new DtlsEnd(_pool, time);
        end.Start(DtlsRole.Server, end);

        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, end.Closures);
        time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal((DtlsCloseReason.TimedOut, "The peer did not begin the handshake."), await end.Closed());
    }

    [Fact]
    public async Task Forged_alerts_after_the_handshake_end_nothing()
    {
        var (client, server) = await Connected();
        byte[] clear = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40]; // epoch 0: fatal
        byte[] encrypted = [21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 99, 0, 32, .. new byte[32]];
        byte[] data = [23, .. encrypted[1..]];

        for (var i = 0; i < 1000; i++) server.Engine.Feed(i % 3 == 0 ? clear : i % 3 == 1 ? encrypted : data);

        server.Engine.Close();
        Assert.Equal((DtlsCloseReason.ClosedByPeer, null), await client.Closed());
        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await server.Closed());
    }

    [Fact]
    public async Task Handshakes_beyond_the_pools_bounds_are_refused()
    {
        using var pool = new HandshakePool(maxThreads: 1, maxQueued: 1);
        var ends = new[] { new DtlsEnd(pool), new DtlsEnd(pool), new DtlsEnd(pool) };
        using var begun = new SemaphoreSlim(0);
        ends[0].Wire = _ => begun.Release();
        ends[0].Start(DtlsRole.Client, ends[0]);
        await begun.WaitAsync(TestContext.Current.CancellationToken);

        ends[1].Start(DtlsRole.Client, ends[1]);
        ends[2].Start(DtlsRole.Client, ends[2]);

        Assert.Equal((DtlsCloseReason.Overloaded, "Too many handshakes are waiting."), await ends[2].Closed());
        Assert.Empty(ends[1].Sent);
        ends[0].Engine.Close();
        ends[1].Engine.Close();
        Assert.Equal(DtlsCloseReason.ClosedLocally, (await ends[0].Closed()).Reason);
        Assert.Equal(DtlsCloseReason.ClosedLocally, (await ends[1].Closed()).Reason);
    }

    private async Task<(DtlsEnd Client, DtlsEnd Server)> Connected(TimeProvider? time = null)
    {
        var client = new DtlsEnd(_pool, time);
        var server = new DtlsEnd(_pool, time);
        DtlsEnd.Connect(client, server);
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        await client.Connected();
        await server.Connected();
        return (client, server);
    }
}
