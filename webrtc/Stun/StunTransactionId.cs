using System.Buffers.Binary;

namespace GoTo.WebRtc.Stun;

/// <summary>The 96 random bits of a transaction (RFC 8489 section 5) as a value that can be a key.</summary>
internal readonly record struct StunTransactionId(ulong High, uint Low)
{
    /// <summary>A fresh one.</summary>
    public static StunTransactionId New(Entropy entropy)
    {
        Span<byte> bytes = stackalloc byte[StunProtocol.TransactionIdLength];
        entropy.Fill(bytes);
        return Read(bytes);
    }

    /// <summary>From the 12 bytes of a message.</summary>
    public static StunTransactionId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));

    /// <summary>Writes the 12 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Low);
    }
}
