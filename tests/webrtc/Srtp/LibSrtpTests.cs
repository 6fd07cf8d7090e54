using System.Buffers.Binary;
using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Srtp;

/// <summary>Our SRTP against libsrtp2's, in both directions.</summary>
public sealed class LibSrtpTests
{
    private const int Packets = 100_000;
    private const int Sources = 2;
    private const int MaxLength = 1400;

    public static TheoryData<SrtpProfile, SrtpImplementation> All => new()
    {
        { SrtpProfile.AeadAes128Gcm, SrtpImplementation.Automatic },
        { SrtpProfile.AeadAes128Gcm, SrtpImplementation.Platform },
        { SrtpProfile.Aes128CmSha1_80, SrtpImplementation.Automatic },
        { SrtpProfile.Aes128CmSha1_80, SrtpImplementation.Platform },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Random_RTP_is_understood_both_ways_across_rollovers(
        SrtpProfile profile, SrtpImplementation implementation)
    {
        var random = new Random(11);
        using var pair = new Pair(profile, implementation, random);
        var sequences = new int[Sources];
        Array.Fill(sequences, 0x7000);
        var (clear, sent, theirs) = (new byte[MaxLength], new byte[MaxLength], new byte[MaxLength]);
        for (var i = 0; i < Packets; i++)
        {
            var source = random.Next(Sources);
            sequences[source] += random.Next(20) == 0 ? random.Next(1, 100) : 1;
            var length = WriteRtp(clear, random, source, (ushort)sequences[source]);
            clear.CopyTo(sent, 0);
            clear.CopyTo(theirs, 0);

            var protectedLength = pair.Ours.ProtectRtp(sent, length);

            Assert.Equal(protectedLength, pair.Protector.ProtectRtp(theirs, length));
            AssertSame(theirs, sent, protectedLength, i);
            Assert.Equal(length, pair.Unprotector.UnprotectRtp(sent, protectedLength));
            AssertSame(clear, sent, length, i);
            Assert.Equal(SrtpResult.Ok, pair.Theirs.UnprotectRtp(theirs.AsSpan(0, protectedLength), out var received));
            Assert.Equal(length, received);
            AssertSame(clear, theirs, length, i);
        }

        Assert.All(sequences, sequence => Assert.True(sequence > 0x1_0000, "The sequence numbers did not roll over."));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Random_RTCP_is_understood_both_ways(SrtpProfile profile, SrtpImplementation implementation)
    {
        var random = new Random(12);
        using var pair = new Pair(profile, implementation, random);
        var (clear, sent, theirs) = (new byte[MaxLength], new byte[MaxLength], new byte[MaxLength]);
        for (var i = 0; i < Packets / 10; i++)
        {
            var length = 8 + (4 * random.Next(300));
            random.NextBytes(clear.AsSpan(0, length));
            (clear[0], clear[1]) = (0x80, 201);
            BinaryPrimitives.WriteUInt32BigEndian(clear.AsSpan(4), 1);
            clear.CopyTo(sent, 0);
            clear.CopyTo(theirs, 0);

            var protectedLength = pair.Ours.ProtectRtcp(sent, length);
            var theirLength = pair.Protector.ProtectRtcp(theirs, length);

            // The index they begin with may differ, so that the bytes do.
            Assert.Equal(protectedLength, theirLength);
            Assert.Equal(length, pair.Unprotector.UnprotectRtcp(sent, protectedLength));
            AssertSame(clear, sent, length, i);
            Assert.Equal(SrtpResult.Ok, pair.Theirs.UnprotectRtcp(theirs.AsSpan(0, theirLength), out var received));
            Assert.Equal(length, received);
            AssertSame(clear, theirs, length, i);
        }
    }

    [Fact]
    public void A_changed_bit_is_seen_by_both()
    {
        var random = new Random(13);
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm, SrtpImplementation.Automatic, random);
        var (clear, sent) = (new byte[MaxLength], new byte[MaxLength]);
        var length = WriteRtp(clear, random, source: 0, sequence: 1);
        clear.CopyTo(sent, 0);
        var protectedLength = pair.Ours.ProtectRtp(sent, length);
        sent[protectedLength - 1] ^= 1;

        Assert.True(pair.Unprotector.UnprotectRtp(sent.ToArray(), protectedLength) < 0);
        Assert.Equal(
            SrtpResult.AuthenticationFailed, pair.Theirs.UnprotectRtp(sent.AsSpan(0, protectedLength), out _));
    }

    private static void AssertSame(byte[] expected, byte[] actual, int length, int packet) => Assert.True(
        expected.AsSpan(0, length).SequenceEqual(actual.AsSpan(0, length)), $"Packet {packet} differs.");

    /// <summary>A random packet, with contributing sources and a header extension at times.</summary>
    private static int WriteRtp(byte[] packet, Random random, int source, ushort sequence)
    {
        var contributing = random.Next(4) == 0 ? random.Next(16) : 0;
        var extension = random.Next(2) == 0 ? random.Next(8) : -1;
        var header = 12 + (4 * contributing) + (extension < 0 ? 0 : 4 + (4 * extension));
        var length = header + random.Next(1, 1200);
        random.NextBytes(packet.AsSpan(0, length));
        packet[0] = (byte)(0x80 | (extension < 0 ? 0 : 0x10) | contributing);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)source + 1);
        if (extension >= 0)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(header - (4 * extension) - 2), (ushort)extension);
        return length;
    }

    /// <summary>Two sessions of ours and two of theirs under one pair of keys.</summary>
    private sealed class Pair : IDisposable
    {
        public Pair(SrtpProfile profile, SrtpImplementation implementation, Random random)
        {
            var saltLength = profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
            var (key, salt) = (new byte[16], new byte[saltLength]);
            random.NextBytes(key);
            random.NextBytes(salt);
            // One direction each: the same keys both ways.
            Ours = new SrtpSession(new SrtpKeys(profile, key, salt, key, salt), implementation);
            Theirs = new SrtpSession(new SrtpKeys(profile, key, salt, key, salt), implementation);
            Protector = new LibSrtp(profile, key, salt, protects: true);
            Unprotector = new LibSrtp(profile, key, salt, protects: false);
        }

        /// <summary>Ours that protects.</summary>
        public SrtpSession Ours { get; }

        /// <summary>Ours that reads what libsrtp2 has protected.</summary>
        public SrtpSession Theirs { get; }

        public LibSrtp Protector { get; }

        public LibSrtp Unprotector { get; }

        public void Dispose()
        {
            Ours.Dispose();
            Theirs.Dispose();
            Protector.Dispose();
            Unprotector.Dispose();
        }
    }
}
