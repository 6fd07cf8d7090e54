using System.Buffers.Binary;
using System.Net;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Stun;

public sealed class StunMessageTests
{
    private static readonly StunKey Key = new("a password of an agent"u8);
    private static readonly byte[] TransactionId = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Fact]
    public void What_is_written_is_read_back()
    {
        Assert.True(StunMessage.TryParse(Check(), out var message));

        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunProtocol.BindingMethod, message.Method);
        Assert.Equal(TransactionId, message.TransactionId.ToArray());
        Assert.Equal("left:right"u8.ToArray(), message.Username.ToArray());
        Assert.Equal(0x6E7F00FFu, message.Priority);
        Assert.Equal(0x0123456789ABCDEFul, message.IceControlling);
        Assert.Null(message.IceControlled);
        Assert.True(message.UseCandidate);
        Assert.True(message.CheckIntegrity(Key));
        Assert.True(message.CheckFingerprint());
    }

    [Theory]
    [InlineData("192.0.2.7", 1)]
    [InlineData("2001:db8::7", 65535)]
    public void An_error_response_carries_its_code_and_address(string address, int port)
    {
        var expected = TransportAddress.From(IPAddress.Parse(address), port);
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Error, StunProtocol.BindingMethod, TransactionId);
        writer.WriteErrorCode(487, "Role Conflict"u8);
        writer.WriteXorMappedAddress(expected);
        var length = writer.Finish(Key);

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var message));
        Assert.Equal(StunClass.Error, message.Class);
        Assert.Equal(487, message.ErrorCode);
        Assert.True(message.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(expected, mapped);
        Assert.True(message.CheckIntegrity(Key));
    }

    [Theory]
    [InlineData(0, 0x001, 0x0001)]
    [InlineData(1, 0x001, 0x0011)]
    [InlineData(2, 0x001, 0x0101)]
    [InlineData(3, 0x001, 0x0111)]
    [InlineData(3, 0xFFF, 0x3FFF)]
    [InlineData(2, 0x003, 0x0103)]
    public void The_type_interleaves_class_and_method(int classBits, int method, int type)
    {
        var messageClass = (StunClass)classBits;
        Assert.Equal(type, StunProtocol.MessageType(messageClass, method));
        var buffer = new byte[100];
        var length = new StunWriter(buffer, messageClass, method, TransactionId).Finish();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var message));
        Assert.Equal((messageClass, method), (message.Class, message.Method));
    }

    [Fact]
    public void Unknown_attributes_that_must_be_understood_are_listed_and_others_are_not()
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, TransactionId);
        writer.Write(0x7FFF, [1]);
        writer.Write(0xC057, [0, 1, 0, 2]);
        writer.Write(0x0003, [0, 0, 0, 6]);
        var length = writer.Finish(Key);
        Span<ushort> unknown = stackalloc ushort[8];

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var message));
        Assert.Equal(2, message.UnknownRequiredCount);
        Assert.Equal(2, message.CopyUnknownRequired(unknown));
        Assert.Equal([0x7FFF, 0x0003], unknown[..2].ToArray());
        Assert.Equal(1, message.CopyUnknownRequired(unknown[..1]));
    }

    [Fact]
    public void What_stands_behind_the_integrity_is_ignored()
    {
        var buffer = new byte[200];
        var length = Check().Length - StunProtocol.FingerprintLength;
        Check().AsSpan(0, length).CopyTo(buffer);
        foreach (var (type, value) in new (ushort, byte[])[]
        {
            (StunAttribute.Username, "evil:evil"u8.ToArray()),
            (StunAttribute.Priority, [9, 9, 9, 9]),
            (0x7FFF, [1, 2, 3, 4]),
        })
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(length), type);
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(length + 2), (ushort)value.Length);
            value.CopyTo(buffer, length + 4);
            length += 4 + ((value.Length + 3) & ~3);
        }

        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)(length - StunProtocol.HeaderLength));

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var message));
        Assert.Equal("left:right"u8.ToArray(), message.Username.ToArray());
        Assert.Equal(0x6E7F00FFu, message.Priority);
        Assert.Equal(0, message.UnknownRequiredCount);
        Assert.Equal(0, message.CopyUnknownRequired(new ushort[4]));
        Assert.True(message.CheckIntegrity(Key));
    }

    [Fact]
    public void A_message_without_integrity_never_verifies()
    {
        var buffer = new byte[100];
        var length = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, TransactionId).Finish();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var message));
        Assert.False(message.HasIntegrity);
        Assert.False(message.CheckIntegrity(Key));
        Assert.False(message.CheckIntegrity(new StunKey([])));
        Assert.True(message.CheckFingerprint());
    }

    [Fact]
    public void No_truncation_is_a_message()
    {
        var check = Check();
        for (var length = 0; length < check.Length; length++)
        {
            Assert.False(StunMessage.TryParse(check.AsSpan(0, length), out _), $"{length} bytes");
        }
    }

    [Fact]
    public void A_message_longer_than_a_frame_is_refused()
    {
        var buffer = new byte[2000];
        var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, TransactionId);
        writer.Write(0xC000, new byte[StunProtocol.MaxMessageLength]);
        var length = writer.Finish(Key);

        Assert.False(StunMessage.TryParse(buffer.AsSpan(0, length), out _));
    }

    [Fact]
    public void No_bytes_make_the_parser_throw_and_no_mutation_verifies()
    {
        var random = new Random(5769);
        var original = Check();
        var parsed = 0;
        Span<ushort> unknown = stackalloc ushort[4];
        var mutant = new byte[original.Length];
        for (var round = 0; round < 100_000; round++)
        {
            original.CopyTo(mutant, 0);
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(8) == 0 ? random.Next(mutant.Length) & ~3 : mutant.Length;
            var datagram = mutant.AsSpan(0, length);
            if (length >= 4 && length < mutant.Length)
            {
                BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], (ushort)(length - StunProtocol.HeaderLength));
            }

            if (!StunMessage.TryParse(datagram, out var message)) continue;
            parsed++;
            var facts = message.Method + message.ErrorCode + message.Username.Length + message.ReceiverUfrag.Length
                + message.CopyUnknownRequired(unknown) + (message.TryGetXorMappedAddress(out _) ? 1 : 0);
            Assert.True(facts >= 0);
            var verified = message.CheckFingerprint() && message.CheckIntegrity(Key);
            Assert.True(!verified || datagram.SequenceEqual(original), $"round {round}");
        }

        // The walk is of use only if a good part of the mutants passes the header.
        Assert.InRange(parsed, 30_000, 100_000);
    }

    [Fact]
    public void Reading_and_verifying_allocate_nothing()
    {
        var check = Check();
        ReadOnce(check);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) ReadOnce(check);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void ReadOnce(byte[] datagram) => Assert.True(StunMessage.TryParse(datagram, out var message)
            && message.CheckFingerprint() && message.CheckIntegrity(Key) && message.ReceiverUfrag.Length == 4);
    }

    [Fact]
    public void The_checksum_is_the_known_one() => Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));

    private static byte[] Check()
    {
        var buffer = new byte[300];
        var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, TransactionId);
        writer.Write(StunAttribute.Username, "left:right"u8);
        writer.Write(StunAttribute.Priority, 0x6E7F00FFu);
        writer.Write(StunAttribute.IceControlling, 0x0123456789ABCDEFul);
        writer.Write(StunAttribute.UseCandidate, []);
        return buffer[..writer.Finish(Key)];
    }
}
