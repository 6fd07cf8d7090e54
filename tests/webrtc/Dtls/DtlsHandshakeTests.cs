using System.Buffers.Binary;
using System.Security.Cryptography;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Srtp;
using Org.BouncyCastle.Tls;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

public sealed class DtlsHandshakeTests : IDisposable
{
    private const SrtpProfile Gcm = SrtpProfile.AeadAes128Gcm;
    private const SrtpProfile Cm = SrtpProfile.Aes128CmSha1_80;

    private readonly HandshakePool _pool = new(16);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(new[] { Gcm, Cm }, new[] { Gcm, Cm }, Gcm)]
    [InlineData(new[] { Cm, Gcm }, new[] { Gcm, Cm }, Gcm)] // the server's choice
    [InlineData(new[] { Gcm, Cm }, new[] { Cm, Gcm }, Cm)]
    [InlineData(new[] { Gcm }, new[] { Gcm, Cm }, Gcm)]
    [InlineData(new[] { Gcm, Cm }, new[] { Cm }, Cm)]
    public async Task Both_ends_get_the_same_keys_for_the_profile_that_the_server_prefers(
        SrtpProfile[] offered, SrtpProfile[] accepted, SrtpProfile expected)
    {
        var client = new DtlsEnd(_pool, null, offered);
        var server = new DtlsEnd(_pool, null, accepted);

        var (ours, theirs) = await Handshake(client, server);

        Assert.Equal(expected, ours.Profile);
        Assert.Equal(expected, theirs.Profile);
        Assert.Equal(ours.LocalKey, theirs.RemoteKey);
        Assert.Equal(ours.LocalSalt, theirs.RemoteSalt);
        Assert.Equal(ours.RemoteKey, theirs.LocalKey);
        Assert.Equal(ours.RemoteSalt, theirs.LocalSalt);
        Assert.NotEqual(ours.LocalKey, ours.RemoteKey);
        Assert.True(client.Engine.Completed);
        Assert.True(server.Engine.Completed);
        AssertSpeak(ours, theirs);
        AssertSpeak(theirs, ours);
    }

    [Fact]
    public async Task Flights_are_gathered_into_few_datagrams_that_fit_the_path()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);

        await Handshake(client, server);

        // ServerHello, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone
        Assert.Equal([22, 22, 22, 22, 22], Records(server.Sent.First()));
        // Certificate, ClientKeyExchange, CertificateVerify, ChangeCipherSpec, Finished
        Assert.Contains(client.Sent, datagram => Records(datagram) is [22, 22, 22, 20, 22]);
        Assert.All(client.Sent.Concat(server.Sent), datagram => Assert.InRange(datagram.Length, 13, 1200));
    }

    [Theory]
    [InlineData(0, -1)] // the ClientHello
    [InlineData(-1, 0)] // the server's first flight
    [InlineData(1, -1)] // the client's second flight
    [InlineData(-1, 1)] // the server's last flight, which it must repeat after it has connected
    public async Task A_lost_flight_is_sent_again(int fromClient, int fromServer)
    {
        var client = new DtlsEnd(_pool) { Loses = number => number == fromClient };
        var server = new DtlsEnd(_pool) { Loses = number => number == fromServer };

        var (ours, theirs) = await Handshake(client, server);

        Assert.Equal(ours.LocalKey, theirs.RemoteKey);
    }

    [Fact]
    public async Task Half_of_all_datagrams_may_get_lost()
    {
        var client = new DtlsEnd(_pool) { Loses = number => number is 0 or 2 or 4 };
        var server = new DtlsEnd(_pool) { Loses = number => number is 1 or 3 };

        var (ours, theirs) = await Handshake(client, server);

        Assert.Equal(ours.LocalKey, theirs.RemoteKey);
    }

    [Fact]
    public async Task A_ClientHello_in_fragments_is_put_together_in_any_order()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        DtlsEnd.Connect(client, server);
        client.Wire = datagram =>
        {
            const byte ClientHello = 1;
            if (datagram[13] != ClientHello)
            {
                server.Engine.Feed(datagram);
                return;
            }

            foreach (var fragment in Fragments(datagram, 60).Reverse()) server.Engine.Feed(fragment);
        };

        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);

        Assert.Equal((await client.Connected()).LocalKey, (await server.Connected()).RemoteKey);
    }

    [Fact]
    public async Task What_arrives_before_the_start_is_kept()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        DtlsEnd.Connect(client, server);
        var sent = new TaskCompletionSource();
        client.Wire = datagram =>
        {
            server.Engine.Feed(datagram);
            sent.TrySetResult();
        };
        client.Start(DtlsRole.Client, server);
        await sent.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(server.Sent);

        server.Start(DtlsRole.Server, client);

        Assert.Equal((await client.Connected()).LocalKey, (await server.Connected()).RemoteKey);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public async Task A_certificate_other_than_the_announced_one_is_refused_within_the_handshake(DtlsRole deceived)
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        var stranger = new DtlsEnd(_pool);
        DtlsEnd.Connect(client, server);

        server.Start(DtlsRole.Server, deceived == DtlsRole.Server ? stranger : client);
        client.Start(DtlsRole.Client, deceived == DtlsRole.Client ? stranger : server);

        var (wary, other) = deceived == DtlsRole.Client ? (client, server) : (server, client);
        Assert.Equal(
            (DtlsCloseReason.FingerprintMismatch,
                "The peer's certificate has none of the fingerprints in its description."),
            await wary.Closed());
        Assert.Equal((DtlsCloseReason.FatalAlert, "The peer sent bad_certificate(42)."), await other.Closed());
        Assert.Equal(0, client.Connections + server.Connections);
    }

    [Fact]
    public async Task Any_one_of_several_fingerprints_will_do()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        DtlsEnd.Connect(client, server);
        var certificate = client.Identity.Certificate;

        server.Engine.Start(DtlsRole.Server, DtlsEnd.Parse(
            server.Identity.Fingerprint,
            "sha-1 00:01",
            "sha-512 " + BitConverter.ToString(SHA512.HashData(certificate)).Replace('-', ':')));
        client.Start(DtlsRole.Client, server);

        Assert.Equal((await client.Connected()).LocalKey, (await server.Connected()).RemoteKey);
    }

    [Fact]
    public async Task Peers_without_a_common_profile_part()
    {
        var client = new DtlsEnd(_pool, null, Cm);
        var server = new DtlsEnd(_pool, null, Gcm);
        DtlsEnd.Connect(client, server);

        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);

        Assert.Equal(
            (DtlsCloseReason.NoCommonSrtpProfile, "The peer offers none of our SRTP profiles."),
            await server.Closed());
        Assert.Equal((DtlsCloseReason.FatalAlert, "The peer sent handshake_failure(40)."), await client.Closed());
    }

    [Fact]
    public async Task Memory_is_not_set_aside_for_a_message_that_only_claims_to_be_long()
    {
        var end = new DtlsEnd(_pool);
        var queue = new DtlsTransportQueue(end);
        var server = new DtlsServer(new DtlsHandshake(end.Identity, [Gcm], end.Fingerprints));
        var fragment = new byte[100];
        byte[] head =
        [
            22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 87, // record
            1, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 75, // ClientHello of 16 MiB, 75 bytes of it
        ];
        head.CopyTo(fragment, 0);
        for (byte sequence = 0; sequence < 16; sequence++)
        {
            fragment[10] = sequence;
            fragment[18] = sequence;
            queue.Push(fragment);
        }

        var allocated = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_pool.TryRun(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.ThrowsAny<IOException>(() => new DtlsServerProtocol().Accept(server, queue));
            allocated.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
        }));
        Assert.True(SpinWait.SpinUntil(() => !queue.HasReceived, TimeSpan.FromSeconds(10)));
        queue.Abort();

        var deadline = TimeSpan.FromSeconds(10);
        var bytes = await allocated.Task.WaitAsync(deadline, TestContext.Current.CancellationToken);
        Assert.InRange(bytes, 1, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task Rubbish_does_not_stop_a_handshake()
    {
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        DtlsEnd.Connect(client, server);
        var random = new Random(3);
        client.Wire = datagram =>
        {
            for (var i = 0; i < 5; i++)
            {
                var rubbish = new byte[random.Next(2100)];
                random.NextBytes(rubbish);
                if (rubbish.Length > 0) rubbish[0] = (byte)random.Next(20, 64);
                server.Engine.Feed(rubbish);
            }

            server.Engine.Feed(datagram);
        };

        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);

        Assert.Equal((await client.Connected()).LocalKey, (await server.Connected()).RemoteKey);
    }

    private static async Task<(SrtpKeys Client, SrtpKeys Server)> Handshake(DtlsEnd client, DtlsEnd server)
    {
        DtlsEnd.Connect(client, server);
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        return (await client.Connected(), await server.Connected());
    }

    private static void AssertSpeak(SrtpKeys from, SrtpKeys to)
    {
        using var sender = new SrtpSession(from);
        using var receiver = new SrtpSession(to);
        var packet = new byte[100];
        packet[0] = 0x80;
        packet.AsSpan(12, 40).Fill(0xAB);
        var length = sender.ProtectRtp(packet, 52);
        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(packet.AsSpan(0, length), out var clear));
        Assert.Equal(52, clear);
        Assert.All(packet[12..52], value => Assert.Equal(0xAB, value));
    }

    /// <summary>The content types of a datagram's records.</summary>
    private static byte[] Records(byte[] datagram)
    {
        var types = new List<byte>();
        for (var at = 0; at < datagram.Length;)
        {
            types.Add(datagram[at]);
            at += 13 + BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(at + 11));
        }

        return [.. types];
    }

    /// <summary>One handshake record as several, each with a part of the message (RFC 6347 section 4.2.3).</summary>
    private static IEnumerable<byte[]> Fragments(byte[] datagram, int size)
    {
        const int Record = 13;
        const int Message = 12;
        var body = datagram[(Record + Message)..];
        for (var offset = 0; offset < body.Length; offset += size)
        {
            var part = body[offset..Math.Min(body.Length, offset + size)];
            byte[] fragment = [.. datagram[..(Record + Message)], .. part];
            fragment[10] = (byte)(20 + (offset / size)); // record sequence number, within the window of what follows
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(11), (ushort)(Message + part.Length));
            WriteUInt24(fragment.AsSpan(Record + 6), offset);
            WriteUInt24(fragment.AsSpan(Record + 9), part.Length);
            yield return fragment;
        }
    }

    private static void WriteUInt24(Span<byte> to, int value)
    {
        to[0] = (byte)(value >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)value);
    }
}
