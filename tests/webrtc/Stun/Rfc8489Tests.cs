using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Stun;

/// <summary>The test vector of RFC 8489 appendix B.1, as erratum 6268 corrects it, and what it stands for.</summary>
public sealed class Rfc8489Tests
{
    private const string Request = "000100902112a44278ad3433c6ad72c029da412e"
        + "001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704"
        + "001500296f624d61744a6f7332414141" + "43662f2f3439396b39353464364f4c33346f4c39465354767936347341000000"
        + "0014000b6578616d706c652e6f726700" + "001d000400020000"
        + "001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65";

    private const ushort UserHash = 0x001E;
    private const ushort PasswordAlgorithm = 0x001D;

    // The password algorithm that the vector names is SHA-256 (RFC 8489 section 18.5.1.2).
    private static readonly byte[] KeyBytes = SHA256.HashData("マトリックス:example.org:TheMatrIX"u8);
    private static readonly StunKey Key = new(KeyBytes);

    [Fact]
    public void The_sample_request_is_read_and_verified()
    {
        Assert.True(StunMessage.TryParse(Convert.FromHexString(Request), out var message));

        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunProtocol.BindingMethod, message.Method);
        Assert.Equal(Convert.FromHexString("78ad3433c6ad72c029da412e"), message.TransactionId.ToArray());
        Assert.Equal("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA", Text(message, StunAttribute.Nonce));
        Assert.Equal("example.org", Text(message, StunAttribute.Realm));
        Assert.True(message.TryGet(UserHash, out var userHash));
        Assert.Equal(SHA256.HashData("マトリックス:example.org"u8), userHash.ToArray());
        Assert.True(message.HasIntegrity);
        Assert.True(message.CheckIntegrity(Key));
        Assert.False(message.HasFingerprint);
    }

    [Fact]
    public void Who_does_not_know_its_credentials_by_hash_has_to_answer_420()
    {
        Assert.True(StunMessage.TryParse(Convert.FromHexString(Request), out var message));

        Span<ushort> unknown = stackalloc ushort[4];
        Assert.Equal(2, message.CopyUnknownRequired(unknown));
        Assert.Equal([UserHash, PasswordAlgorithm], unknown[..2].ToArray());
    }

    [Fact]
    public void Every_changed_bit_breaks_the_message_or_its_integrity()
    {
        var original = Convert.FromHexString(Request);
        for (var bit = 0; bit < original.Length * 8; bit++)
        {
            var changed = (byte[])original.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(
                StunMessage.TryParse(changed, out var message) && message.CheckIntegrity(Key), $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(20, true)]
    [InlineData(12, false)]
    [InlineData(18, false)]
    [InlineData(36, false)]
    public void A_cut_sha256_is_taken_from_16_bytes_on(int length, bool isTaken)
    {
        var message = Cut(length);

        Assert.Equal(isTaken, StunMessage.TryParse(message, out var parsed) && parsed.CheckIntegrity(Key));
    }

    /// <summary>RFC 8489 section 9.1.3: of the two the stronger is checked.</summary>
    [Fact]
    public void Beside_a_right_sha1_a_wrong_sha256_does_not_verify()
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, "123456789012"u8);
        writer.Write(StunAttribute.Username, "a:b"u8);
        var withSha1 = buffer.AsSpan(0, writer.Finish(Key) - StunProtocol.FingerprintLength);
        var wrong = new byte[withSha1.Length + 36];
        withSha1.CopyTo(wrong);
        BinaryPrimitives.WriteUInt32BigEndian(wrong.AsSpan(withSha1.Length), (StunAttribute.MessageIntegritySha256 << 16) | 32);
        SetLength(withSha1, withSha1.Length);
        SetLength(wrong, wrong.Length);
        var right = (byte[])wrong.Clone();
        HMACSHA256.HashData(KeyBytes, right.AsSpan(0, withSha1.Length), right.AsSpan(withSha1.Length + 4));

        Assert.True(StunMessage.TryParse(withSha1, out var first) && first.CheckIntegrity(Key));
        Assert.True(StunMessage.TryParse(right, out var second) && second.CheckIntegrity(Key));
        Assert.True(StunMessage.TryParse(wrong, out var third));
        Assert.False(third.CheckIntegrity(Key));
    }

    private static byte[] Cut(int length)
    {
        var head = Convert.FromHexString(Request)[..^36];
        var message = new byte[head.Length + 4 + ((length + 3) & ~3)];
        head.CopyTo(message, 0);
        SetLength(message, message.Length);
        var mac = HMACSHA256.HashData(KeyBytes, message.AsSpan(0, head.Length));
        BinaryPrimitives.WriteUInt32BigEndian(
            message.AsSpan(head.Length), (uint)(StunAttribute.MessageIntegritySha256 << 16 | length));
        mac.AsSpan(0, Math.Min(length, mac.Length)).CopyTo(message.AsSpan(head.Length + 4));
        return message;
    }

    private static void SetLength(Span<byte> message, int total) =>
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)(total - StunProtocol.HeaderLength));

    private static string Text(in StunMessage message, ushort type)
    {
        Assert.True(message.TryGet(type, out var value));
        return Encoding.UTF8.GetString(value);
    }
}
