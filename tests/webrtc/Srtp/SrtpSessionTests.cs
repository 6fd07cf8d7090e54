using System.Buffers.Binary;
using System.Security.Cryptography;
using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Srtp;

public sealed class SrtpSessionTests
{
    private const uint Ssrc = 0xCAFEBABE;

    public static TheoryData<SrtpProfile, bool> All => new()
    {
        { SrtpProfile.AeadAes128Gcm, true },
        { SrtpProfile.AeadAes128Gcm, false },
        { SrtpProfile.Aes128CmSha1_80, true },
        { SrtpProfile.Aes128CmSha1_80, false },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void What_one_end_protects_the_other_reads_over_two_rollovers(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var random = new Random(5);
        var buffer = new byte[700];
        for (var i = 0; i < 0x2_4000; i += 1 + (i % 3 == 0 ? random.Next(900) : 0))
        {
            var payload = random.Next(600);
            var packet = Rtp((ushort)(0xF000 + i), Ssrc, payload, fill: (byte)i);
            packet.CopyTo(buffer, 0);

            var sent = alice.ProtectRtp(buffer, packet.Length);

            Assert.Equal(packet.Length + (profile == SrtpProfile.AeadAes128Gcm ? 16 : 10), sent);
            Assert.Equal(packet.AsSpan(0, 12), buffer.AsSpan(0, 12));
            Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(buffer.AsSpan(0, sent), out var length));
            Assert.Equal(packet, buffer.AsSpan(0, length));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void RTCP_of_several_sources_is_read_in_any_order_and_once(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var clear = Enumerable.Range(0, 40).Select(i => Rtcp(Ssrc + (uint)(i % 3), 20 + (4 * i))).ToArray();
        var sent = clear.Select(packet => Protect(packet, alice.ProtectRtcp)).ToArray();
        Assert.All(sent, (packet, i) =>
            Assert.Equal(clear[i].Length + (profile == SrtpProfile.AeadAes128Gcm ? 20 : 14), packet.Length));
        foreach (var i in Enumerable.Range(0, 40).Reverse())
        {
            var received = sent[i].ToArray();
            Assert.Equal(SrtpResult.Ok, bob.UnprotectRtcp(received, out var length));
            Assert.Equal(clear[i], received.AsSpan(0, length));
            Assert.Equal(SrtpResult.Replayed, bob.UnprotectRtcp(sent[i].ToArray(), out length));
            Assert.Equal(0, length);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_header_with_sources_and_an_extension_stays_readable_and_is_authenticated(
        SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var packet = Rtp(7, Ssrc, 60);
        packet[0] = 0x92; // extension, two CSRCs
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12 + 8 + 2), 3);
        var header = 12 + 8 + 4 + 12;

        var sent = Protect(packet, alice.ProtectRtp);

        Assert.Equal(packet.AsSpan(0, header), sent.AsSpan(0, header));
        Assert.NotEqual(packet[header..], sent[header..packet.Length]);
        var altered = sent.ToArray();
        altered[header - 1] ^= 1;
        Assert.Equal(SrtpResult.AuthenticationFailed, bob.UnprotectRtp(altered, out var _));
        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(sent, out var length));
        Assert.Equal(packet, sent.AsSpan(0, length));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_packet_with_any_bit_changed_is_refused_and_leaves_no_trace(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var rtp = Protect(Rtp(100, Ssrc, 30), alice.ProtectRtp);
        var rtcp = Protect(Rtcp(Ssrc, 28), alice.ProtectRtcp);

        for (var bit = 0; bit < rtp.Length * 8; bit++)
        {
            var altered = rtp.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(SrtpResult.Ok, bob.UnprotectRtp(altered, out var length));
            Assert.Equal(0, length);
        }

        for (var bit = 0; bit < rtcp.Length * 8; bit++)
        {
            var altered = rtcp.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(SrtpResult.Ok, bob.UnprotectRtcp(altered, out var length));
            Assert.Equal(0, length);
        }

        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(rtp, out var _));
        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtcp(rtcp, out var _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_replayed_packet_and_one_older_than_the_window_are_refused(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var sent = Enumerable.Range(0, ReplayWindow.Size + 1)
            .Select(i => Protect(Rtp((ushort)(0xFFF0 + i), Ssrc, 10), alice.ProtectRtp)).ToArray();

        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(sent[1].ToArray(), out var _));
        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(sent[^1].ToArray(), out var _));

        Assert.Equal(SrtpResult.Replayed, bob.UnprotectRtp(sent[0].ToArray(), out var _));
        Assert.Equal(SrtpResult.Replayed, bob.UnprotectRtp(sent[1].ToArray(), out var _));
        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(sent[2].ToArray(), out var _));
        Assert.Equal(SrtpResult.Replayed, bob.UnprotectRtp(sent[2].ToArray(), out var _));
    }

    [Fact]
    public void An_index_is_never_used_twice_to_send()
    {
        var (alice, bob) = Pair(SrtpProfile.AeadAes128Gcm, intrinsics: true);
        using var _ = alice;
        using var __ = bob;
        var buffer = new byte[100];

        int Send(ushort sequence)
        {
            Rtp(sequence, Ssrc, 20).CopyTo(buffer, 0);
            return alice.ProtectRtp(buffer, 32);
        }

        Assert.Equal(48, Send(500));
        Assert.Equal(0, Send(500));
        Assert.Equal(48, Send(499)); // late, but its index is fresh
        Assert.Equal(0, Send(499));
        Assert.Equal(48, Send(800));
        Assert.Equal(0, Send(500));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_seventeenth_source_is_refused_and_forged_ones_take_no_place(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        for (var i = 0U; i < 100; i++)
        {
            Assert.Equal(SrtpResult.AuthenticationFailed, bob.UnprotectRtp(Rtp(1, 0xBAD0000 + i, 40), out var _));
        }

        for (var i = 0U; i < SrtpSession.MaxSources; i++)
        {
            Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(Protect(Rtp(1, i, 9), alice.ProtectRtp), out var _));
            Assert.Equal(SrtpResult.Ok, bob.UnprotectRtcp(Protect(Rtcp(i, 8), alice.ProtectRtcp), out var _));
        }

        Assert.Equal(
            SrtpResult.TooManySources, bob.UnprotectRtp(Protect(Rtp(1, 99, 9), alice.ProtectRtp), out var _));
        Assert.Equal(
            SrtpResult.TooManySources, bob.UnprotectRtcp(Protect(Rtcp(99, 8), alice.ProtectRtcp), out var _));
        Assert.Equal(SrtpResult.Ok, bob.UnprotectRtp(Protect(Rtp(2, 3, 9), alice.ProtectRtp), out var _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_that_comes_from_the_network_raises_an_exception(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var random = new Random(11);
        var rounds = intrinsics ? 50_000 : 3_000; // a wrong tag costs the platform's GCM an exception inside
        for (var i = 0; i < rounds; i++)
        {
            var datagram = new byte[random.Next(80)];
            random.NextBytes(datagram);
            if (datagram.Length > 0 && i % 4 != 0) datagram[0] = (byte)(0x80 | (datagram[0] & 0x3F));
            Assert.NotEqual(SrtpResult.Ok, bob.UnprotectRtp(datagram.ToArray(), out var rtp));
            Assert.NotEqual(SrtpResult.Ok, bob.UnprotectRtcp(datagram, out var rtcp));
            Assert.Equal((0, 0), (rtp, rtcp));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_not_a_packet_is_not_protected(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var tooManyCsrcs = Rtp(1, Ssrc, 20);
        tooManyCsrcs[0] = 0x8F;
        var buffer = new byte[100];
        tooManyCsrcs.CopyTo(buffer, 0);

        Assert.Equal(0, alice.ProtectRtp(buffer, tooManyCsrcs.Length));
        Assert.Equal(0, alice.ProtectRtp(new byte[100], 40));
        Assert.Equal(0, alice.ProtectRtcp(new byte[100], 40));
        Assert.Equal(0, alice.ProtectRtcp(buffer, 7));
    }

    [Fact]
    public void Unencrypted_RTCP_is_refused()
    {
        var (alice, bob) = Pair(SrtpProfile.Aes128CmSha1_80, intrinsics: true);
        using var _ = alice;
        using var __ = bob;
        var packet = Protect(Rtcp(Ssrc, 20), alice.ProtectRtcp);

        packet[20] &= 0x7F;

        Assert.Equal(SrtpResult.Malformed, bob.UnprotectRtcp(packet, out var _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_packet_costs_no_allocation(SrtpProfile profile, bool intrinsics)
    {
        var (alice, bob) = Pair(profile, intrinsics);
        using var _ = alice;
        using var __ = bob;
        var buffer = new byte[200];
        var rtp = Rtp(0, Ssrc, 80);
        var rtcp = Rtcp(Ssrc, 52);
        Round(0, 200); // compiles, and makes the sources known

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Round(200, 1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(2000, read);
        Assert.Equal(0, allocated);

        int Round(int first, int count)
        {
            var ok = 0;
            for (var i = first; i < first + count; i++)
            {
                rtp.CopyTo(buffer, 0);
                BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)i);
                var length = alice.ProtectRtp(buffer, rtp.Length);
                if (bob.UnprotectRtp(buffer.AsSpan(0, length), out var _) == SrtpResult.Ok) ok++;
                rtcp.CopyTo(buffer, 0);
                length = alice.ProtectRtcp(buffer, rtcp.Length);
                if (bob.UnprotectRtcp(buffer.AsSpan(0, length), out var _) == SrtpResult.Ok) ok++;
            }

            return ok;
        }
    }

    [Fact]
    public void Keys_of_the_wrong_length_are_refused()
    {
        var keys = new SrtpKeys(
            SrtpProfile.AeadAes128Gcm, new byte[16], new byte[14], new byte[16], new byte[14]);

        var refusal = Assert.Throws<CryptographicException>(() => new SrtpSession(keys));

        Assert.Equal("AeadAes128Gcm takes keys of 16 bytes and salts of 12.", refusal.Message);
    }

    [Fact]
    public void Keys_do_not_show_themselves() => Assert.Equal(
        "SrtpKeys { AeadAes128Gcm }",
        new SrtpKeys(SrtpProfile.AeadAes128Gcm, [1], [2], [3], [4]).ToString());

    private static (SrtpSession Alice, SrtpSession Bob) Pair(SrtpProfile profile, bool intrinsics)
    {
        var primitives = SrtpVectorTests.Primitives(intrinsics);
        var random = new Random(9);
        byte[] Bytes(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }

        var salt = profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
        var alice = new SrtpKeys(profile, Bytes(16), Bytes(salt), Bytes(16), Bytes(salt));
        var bob = new SrtpKeys(profile, alice.RemoteKey, alice.RemoteSalt, alice.LocalKey, alice.LocalSalt);
        return (new SrtpSession(alice, primitives), new SrtpSession(bob, primitives));
    }

    private static byte[] Rtp(ushort sequence, uint ssrc, int payload, byte fill = 0x55)
    {
        var packet = new byte[12 + payload];
        packet.AsSpan(12).Fill(fill);
        packet[0] = 0x80;
        packet[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 960U);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }

    private static byte[] Rtcp(uint ssrc, int length)
    {
        var packet = new byte[length];
        packet.AsSpan(8).Fill(0x77);
        packet[0] = 0x80;
        packet[1] = 200;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)((length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        return packet;
    }

    private delegate int Protection(Span<byte> buffer, int length);

    private static byte[] Protect(byte[] packet, Protection protection)
    {
        var buffer = new byte[packet.Length + SrtpSession.MaxOverhead];
        packet.CopyTo(buffer, 0);
        return buffer[..protection(buffer, packet.Length)];
    }
}
