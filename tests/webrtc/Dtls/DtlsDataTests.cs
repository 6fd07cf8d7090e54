using System.Text;
using GoTo.WebRtc.Dtls;
using Org.BouncyCastle.Tls;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

/// <summary>Records after the handshake: application data, replays, forgeries, and the last flight again.</summary>
public sealed class DtlsDataTests : IDisposable
{
    private readonly HandshakePool _pool = new(16);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task Data_goes_both_ways()
    {
        var (client, server) = await Connected();

        for (var i = 0; i < 200; i++)
        {
            Assert.True(client.Send(Text($"up {i}")));
            Assert.True(server.Send(Text($"down {i}")));
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"up {i}"), server.Received.Select(Encoding.UTF8.GetString));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"down {i}"), client.Received.Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task What_comes_before_the_association_is_opened_is_kept()
    {
        var (client, server) = Ends();
        server.OpensAtOnce = false;
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        await client.Connected();
        await server.Connected();

        Assert.True(client.Send([1]));
        Assert.False(server.Send([2]));
        Assert.Empty(server.Received);
        server.Engine.Open();

        Assert.Equal([1], Assert.Single(server.Received));
        Assert.True(server.Send([2]));
        Assert.Equal([2], Assert.Single(client.Received));
    }

    [Fact]
    public async Task A_record_that_comes_twice_counts_once()
    {
        var (client, server) = await Connected();
        client.Send([1]);
        client.Send([2]);

        foreach (var datagram in client.Sent.TakeLast(2).ToList()) server.Engine.Feed(datagram);

        Assert.Equal([[1], [2]], server.Received);
    }

    [Fact]
    public async Task A_changed_record_is_dropped()
    {
        var (client, server) = await Connected();
        client.Send([1, 2, 3]);
        var genuine = client.Sent.Last();
        for (var at = 0; at < genuine.Length; at++)
        {
            var forged = genuine.ToArray();
            forged[at] ^= 0x10;
            if (at is 9 or 10) forged[at] ^= 0x01;
            server.Engine.Feed(forged);
        }

        Assert.Single(server.Received);
        Assert.Equal(0, server.Closures);
        client.Send([4]);
        Assert.Equal(2, server.Received.Count);
    }

    [Fact]
    public async Task A_flood_of_forgeries_is_not_looked_at_for_long()
    {
        var (client, server) = await Connected();
        byte[] forged = [23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 9, 99, 0, 32, .. new byte[32]];

        var exceptions = 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        for (var i = 0; i < 100_000; i++) server.Engine.Feed(forged);
        AppDomain.CurrentDomain.FirstChanceException -= Count;

        Assert.InRange(exceptions, 1, 20_000); // 200 and 200 a second
        Assert.Equal(0, server.Closures);

        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e)
        {
            if (e.Exception is System.Security.Cryptography.AuthenticationTagMismatchException) exceptions++;
        }
    }

    [Fact]
    public async Task A_server_repeats_its_last_flight_for_a_client_that_repeats_its_own()
    {
        var (client, server) = Ends();
        server.Wire = datagram =>
        {
            // The last flight is lost twice.
            if (datagram[0] == ContentType.change_cipher_spec && server.Sent.Count(IsLastFlight) <= 2) return;
            client.Engine.Feed(datagram);
        };
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);

        await server.Connected();
        await client.Connected();

        Assert.InRange(server.Sent.Count(IsLastFlight), 3, 8);
        Assert.True(server.Send([7]));
        Assert.Equal([7], Assert.Single(client.Received));

        static bool IsLastFlight(byte[] datagram) => datagram[0] == ContentType.change_cipher_spec;
    }

    [Fact]
    public void No_two_records_share_a_nonce()
    {
        var keys = new DtlsKeys(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, new byte[16], new byte[4], new byte[16], new byte[4]);
        using var records = new DtlsRecords(keys, 5);
        var record = new byte[100];

        var sequences = Enumerable.Range(0, 100).Select(_ =>
        {
            records.Protect(23, [1], record);
            return DtlsRecords.SequenceOf(record);
        }).ToList();

        Assert.Equal(Enumerable.Range(5, 100).Select(n => (ulong)n), sequences);
    }

    [Theory]
    [InlineData(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 16, 4)]
    [InlineData(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 32, 4)]
    [InlineData(CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 32, 12)]
    public void Every_suite_protects_and_opens(int suite, int key, int iv)
    {
        var random = new Random(suite);
        byte[] Random(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }

        var ours = new DtlsKeys(suite, Random(key), Random(iv), Random(key), Random(iv));
        using var here = new DtlsRecords(ours, 1);
        using var there = new DtlsRecords(
            new DtlsKeys(suite, ours.RemoteKey, ours.RemoteIv, ours.LocalKey, ours.LocalIv), 1);
        foreach (var length in new[] { 0, 1, 15, 16, 17, 1100 })
        {
            var content = Random(length);
            var record = new byte[length + DtlsRecords.MaxOverhead];
            var opened = new byte[record.Length];
            var sealedLength = here.Protect(23, content, record);

            Assert.True(there.TryUnprotect(record.AsSpan(0, sealedLength), opened, out var openedLength));
            Assert.Equal(content, opened[..openedLength]);
            Assert.False(there.TryUnprotect(record.AsSpan(0, sealedLength), opened, out _));
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private (DtlsEnd Client, DtlsEnd Server) Ends()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        DtlsEnd.Connect(client, server);
        return (client, server);
    }

    private async Task<(DtlsEnd Client, DtlsEnd Server)> Connected()
    {
        var (client, server) = Ends();
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        await client.Connected();
        await server.Connected();
        return (client, server);
    }
}
