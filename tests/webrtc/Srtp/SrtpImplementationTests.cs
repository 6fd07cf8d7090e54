using GoTo.WebRtc.Hmac;
using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Srtp;

/// <summary>The hand-written ciphers against the platform's, over every length that a packet may have.</summary>
public sealed class SrtpImplementationTests
{
    private const int MaxLength = 600;

    [Fact]
    public void The_self_test_passes_on_this_machine()
    {
        Assert.True(SrtpPrimitives.IntrinsicsSupported);
        Assert.True(SrtpSelfTest.Passes(SrtpPrimitives.Intrinsics, SrtpPrimitives.Platform));
        Assert.Same(SrtpPrimitives.Intrinsics, SrtpPrimitives.For(SrtpImplementation.Automatic));
    }

    [Fact]
    public void An_option_forces_the_platform() =>
        Assert.Same(SrtpPrimitives.Platform, SrtpPrimitives.For(SrtpImplementation.Platform));

    [Theory]
    [InlineData(Fault.Counter)]
    [InlineData(Fault.GcmData)]
    [InlineData(Fault.GcmTag)]
    [InlineData(Fault.GcmAcceptsAll)]
    [InlineData(Fault.Hmac)]
    public void The_self_test_finds_a_fault_in_any_cipher(Fault fault) =>
        Assert.False(SrtpSelfTest.Passes(new FaultyPrimitives(fault), SrtpPrimitives.Platform));

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(32)]
    [InlineData(76)]
    public void GCM_is_the_platforms_for_every_length(int associatedLength)
    {
        var random = new Random(associatedLength);
        for (var length = 0; length < MaxLength; length++)
        {
            var key = Bytes(random, 16);
            using var ours = SrtpPrimitives.Intrinsics.CreateGcm(key);
            using var platform = SrtpPrimitives.Platform.CreateGcm(key);
            var nonce = Bytes(random, 12);
            var associated = Bytes(random, associatedLength);
            var clear = Bytes(random, length);
            var actual = clear.ToArray();
            var expected = clear.ToArray();
            byte[] actualTag = new byte[16], expectedTag = new byte[16];

            ours.Encrypt(nonce, actual, actualTag, associated);
            platform.Encrypt(nonce, expected, expectedTag, associated);
            Assert.Equal(expected, actual);
            Assert.Equal(expectedTag, actualTag);

            Assert.True(ours.Decrypt(nonce, actual, actualTag, associated));
            Assert.Equal(clear, actual);
            expectedTag[random.Next(16)] ^= (byte)(1 << random.Next(8));
            Assert.False(ours.Decrypt(nonce, expected, expectedTag, associated));
        }
    }

    [Fact]
    public void Counter_mode_is_the_platforms_for_every_length_and_across_the_counters_end()
    {
        var random = new Random(1);
        for (var length = 0; length < MaxLength; length++)
        {
            var key = Bytes(random, 16);
            using var ours = SrtpPrimitives.Intrinsics.CreateCounter(key);
            using var platform = SrtpPrimitives.Platform.CreateCounter(key);
            var block = Bytes(random, 16);
            if (length % 2 == 0) block.AsSpan(12).Fill(0xff);
            var actual = Bytes(random, length);
            var expected = actual.ToArray();

            ours.Transform(block, actual);
            platform.Transform(block, expected);

            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Platform_counter_mode_goes_on_over_its_chunks()
    {
        var random = new Random(2);
        var key = Bytes(random, 16);
        var block = Bytes(random, 16);
        using var ours = SrtpPrimitives.Intrinsics.CreateCounter(key);
        using var platform = SrtpPrimitives.Platform.CreateCounter(key);
        var actual = Bytes(random, 5000);
        var expected = actual.ToArray();

        ours.Transform(block, actual);
        platform.Transform(block, expected);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void HMAC_is_the_platforms_for_every_length()
    {
        var random = new Random(3);
        for (var length = 0; length < MaxLength; length++)
        {
            var key = Bytes(random, 1 + (length % 100));
            using var ours = SrtpPrimitives.Intrinsics.CreateHmac(key);
            using var platform = SrtpPrimitives.Platform.CreateHmac(key);
            var data = Bytes(random, length);
            var trailer = Bytes(random, length % 17);
            byte[] actual = new byte[HmacSha1.Length], expected = new byte[HmacSha1.Length];

            ours.Compute(data, trailer, actual);
            platform.Compute(data, trailer, expected);

            Assert.Equal(expected, actual);
        }
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public enum Fault
    {
        Counter,
        GcmData,
        GcmTag,
        GcmAcceptsAll,
        Hmac,
    }

    private sealed class FaultyPrimitives(Fault fault) : SrtpPrimitives
    {
        public override Aes128Counter CreateCounter(ReadOnlySpan<byte> key) =>
            new FaultyCounter(Platform.CreateCounter(key), fault);

        public override Aes128Gcm CreateGcm(ReadOnlySpan<byte> key) => new FaultyGcm(Platform.CreateGcm(key), fault);

        public override HmacSha1 CreateHmac(ReadOnlySpan<byte> key) => new FaultyHmac(Platform.CreateHmac(key), fault);
    }

    private sealed class FaultyCounter(Aes128Counter inner, Fault fault) : Aes128Counter
    {
        public override void Transform(ReadOnlySpan<byte> counterBlock, Span<byte> data)
        {
            inner.Transform(counterBlock, data);
            if (fault == Fault.Counter && data.Length == 79) data[78] ^= 1;
        }

        public override void Dispose() => inner.Dispose();
    }

    private sealed class FaultyGcm(Aes128Gcm inner, Fault fault) : Aes128Gcm
    {
        public override void Encrypt(
            ReadOnlySpan<byte> nonce, Span<byte> data, Span<byte> tag, ReadOnlySpan<byte> associated)
        {
            inner.Encrypt(nonce, data, tag, associated);
            if (fault == Fault.GcmData && data.Length == 129) data[128] ^= 1;
            if (fault == Fault.GcmTag && data.Length == 16) tag[15] ^= 0x80;
        }

        public override bool Decrypt(
            ReadOnlySpan<byte> nonce, Span<byte> data, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated) =>
            inner.Decrypt(nonce, data, tag, associated) || fault == Fault.GcmAcceptsAll;

        public override void Dispose() => inner.Dispose();
    }

    private sealed class FaultyHmac(HmacSha1 inner, Fault fault) : HmacSha1
    {
        public override void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer, Span<byte> mac)
        {
            inner.Compute(data, trailer, mac);
            if (fault == Fault.Hmac && data.Length == 56) mac[0] ^= 1;
        }

        public override void Dispose() => inner.Dispose();
    }
}
