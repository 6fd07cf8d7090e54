using System.Buffers.Binary;
using GoTo.WebRtc.Sctp;
using Xunit;

namespace GoTo.WebRtc.Tests.Sctp;

public sealed class SctpAssociationTests
{
    private static readonly int[] Sizes = [1, 2, 3, 100, 1131, 1132, 1133, 5000, 65_535, 262_144];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_association_is_set_up_by_one_end_or_by_both_at_once(bool both)
    {
        var wire = new SctpWire();
        wire.A.Association.Start(0);
        if (both) wire.B.Association.Start(0);

        wire.Until(() => wire.A.IsEstablished && wire.B.IsEstablished);

        Assert.Equal(SctpState.Established, wire.A.Association.State);
        Assert.Equal(SctpState.Established, wire.B.Association.State);
        Assert.InRange(wire.Now, 0, TimeSpan.FromMilliseconds(100).Ticks);
    }

    [Fact]
    public void Messages_of_every_size_arrive_whole()
    {
        var wire = new SctpWire();
        wire.Establish();
        foreach (var size in Sizes) wire.A.Send(2, Message(size, size));

        wire.Until(() => wire.B.Received.Count == Sizes.Length);

        Assert.Equal(Sizes.Select(size => Message(size, size)), wire.B.Received.Select(received => received.Message));
        Assert.All(wire.B.Received, received => Assert.Equal((2, 53u), (received.Stream, received.Protocol)));
        wire.Until(() => wire.A.Released == Sizes.Sum());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(0.05, true)]
    [InlineData(0.1, true)]
    [InlineData(0.2, true)]
    [InlineData(0.3, false)]
    [InlineData(0.3, true)]
    public void A_megabyte_each_way_arrives_in_order_through_loss_both_ways(double loss, bool reorders)
    {
        var wire = new SctpWire(seed: (int)(loss * 100) + 7, loss, reorders);
        wire.Establish();
        const int Count = 64;
        for (var i = 0; i < Count; i++)
        {
            wire.A.Send(1, Message(i, 16 * 1024));
            wire.B.Send(1, Message(i + 1000, 16 * 1024));
        }

        wire.Until(() => wire.A.Received.Count == Count && wire.B.Received.Count == Count);

        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => Message(i, 16 * 1024)), wire.B.Received.Select(r => r.Message));
        Assert.Equal(
            Enumerable.Range(1000, Count).Select(i => Message(i, 16 * 1024)), wire.A.Received.Select(r => r.Message));
        wire.Until(() => wire.A.Released == 1 << 20 && wire.B.Released == 1 << 20);
        Assert.False(wire.A.IsClosed);
    }

    [Fact]
    public void A_hundred_seeds_deliver_all_in_order()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var wire = new SctpWire(seed, loss: seed % 4 * 0.1, reorders: seed % 2 == 0);
            wire.Establish();
            for (var i = 0; i < 30; i++) wire.A.Send((ushort)(i % 3), Message(seed + i, 1 + (i * 211)));

            wire.Until(() => wire.B.Received.Count == 30);

            for (ushort stream = 0; stream < 3; stream++)
            {
                Assert.Equal(
                    Enumerable.Range(0, 30).Where(i => i % 3 == stream).Select(i => Message(seed + i, 1 + (i * 211))),
                    wire.B.Received.Where(r => r.Stream == stream).Select(r => r.Message));
            }
        }
    }

    [Fact]
    public void An_unordered_message_overtakes_one_that_is_lost()
    {
        var wire = new SctpWire();
        wire.Establish();
        wire.Loses = _ => true;
        wire.A.Send(1, [1], new SctpDelivery(Unordered: true));
        wire.Loses = _ => false;
        wire.A.Send(1, [2], new SctpDelivery(Unordered: true));

        wire.Until(() => wire.B.Received.Count == 2);

        Assert.Equal([[2], [1]], wire.B.Received.Select(r => r.Message));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_sent_without_repetition_gets_lost_and_holds_up_nothing(bool unordered)
    {
        var wire = new SctpWire(seed: 5, loss: 0.3);
        wire.Establish();
        for (var i = 0; i < 200; i++)
        {
            wire.A.Send(3, Message(i, 3000), new SctpDelivery(unordered, MaxRetransmits: 0));
            wire.For(TimeSpan.FromMilliseconds(50));
        }

        wire.Until(() => wire.A.Released == 200 * 3000);
        wire.Loss = 0;
        wire.A.Send(3, [42]);
        wire.Until(() => wire.B.Received.Any(r => r.Message is [42]));

        Assert.InRange(wire.B.Received.Count, 20, 190);
        var arrived = wire.B.Received.Where(r => r.Message.Length > 1)
            .Select(r => Enumerable.Range(0, 200).First(i => Message(i, 3000).AsSpan().SequenceEqual(r.Message)))
            .ToList();
        Assert.Equal(arrived.Distinct(), arrived);
        if (!unordered) Assert.Equal(arrived.Order(), arrived);
    }

    [Fact]
    public void A_message_expires()
    {
        var wire = new SctpWire();
        wire.Establish();
        wire.Loses = _ => true;
        wire.A.Send(1, [1], new SctpDelivery(ExpiresAt: wire.Now + TimeSpan.FromMilliseconds(100).Ticks));
        wire.For(TimeSpan.FromSeconds(2));
        wire.Loses = _ => false;
        wire.A.Send(1, [2]);

        wire.Until(() => wire.B.Received.Count == 1 && wire.A.Released == 2);

        Assert.Equal([2], wire.B.Received[0].Message);
    }

    [Fact]
    public void A_stream_ends_when_its_messages_are_delivered_and_can_be_used_again()
    {
        var wire = new SctpWire(seed: 3, loss: 0.2, reorders: true);
        wire.Establish();
        for (var i = 0; i < 20; i++) wire.A.Send(4, Message(i, 4000));
        wire.A.Association.EndStream(4, wire.Now);

        wire.Until(() => wire.A.Ended.Contains(4));

        Assert.Equal(20, wire.B.Received.Count);
        Assert.Equal([4], wire.B.ResetByPeer.Distinct());
        wire.A.Send(4, [9]);
        wire.Until(() => wire.B.Received.Count == 21);
        Assert.Equal([9], wire.B.Received[^1].Message);
    }

    [Fact]
    public void A_shutdown_delivers_first()
    {
        var wire = new SctpWire(seed: 8, loss: 0.2);
        wire.Establish();
        for (var i = 0; i < 20; i++) wire.A.Send(0, Message(i, 4000));
        wire.A.Association.Shutdown(wire.Now);

        wire.Until(() => wire.A.IsClosed && wire.B.IsClosed, TimeSpan.FromMinutes(5));

        Assert.Equal(20, wire.B.Received.Count);
    }

    [Fact]
    public void An_abort_ends_the_other_end_too()
    {
        var wire = new SctpWire();
        wire.Establish();
        wire.A.Association.Abort();

        wire.Until(() => wire.B.IsClosed);

        Assert.Null(wire.A.Reason);
        Assert.Equal("The peer aborted the association.", wire.B.Reason);
        wire.For(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_peer_that_runs_no_SCTP_is_given_up_soon()
    {
        var wire = new SctpWire { Loses = _ => true };
        wire.A.Association.Start(0);

        wire.Until(() => wire.A.IsClosed, TimeSpan.FromMinutes(1));

        Assert.Equal("The peer does not answer: it runs no SCTP.", wire.A.Reason);
    }

    [Fact]
    public void An_idle_association_lives_and_one_whose_peer_is_gone_ends()
    {
        var wire = new SctpWire();
        wire.Establish();
        wire.For(TimeSpan.FromHours(2));
        Assert.False(wire.A.IsClosed);

        wire.Loses = _ => true;
        wire.A.Send(1, [1]);
        wire.Until(() => wire.A.IsClosed, TimeSpan.FromMinutes(3));
        Assert.Equal("The peer acknowledges nothing any more.", wire.A.Reason);
    }

    [Fact]
    public void An_outage_of_half_a_minute_is_survived_and_ends_within_seconds()
    {
        var wire = new SctpWire();
        wire.Establish();
        wire.Loses = _ => true;
        wire.A.Send(1, Message(1, 5000));
        wire.For(TimeSpan.FromSeconds(30));
        wire.Loses = _ => false;

        wire.Until(() => wire.B.Received.Count == 1, TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Memory_for_what_waits_is_bounded()
    {
        var receiver = new SctpReceiver(new SctpWire().A);
        receiver.Begin(1);
        var chunk = new byte[12 + 1000];
        const SctpDataFlags Whole = SctpDataFlags.Beginning | SctpDataFlags.End;
        for (uint tsn = 2; tsn < 5000; tsn++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(6), (ushort)tsn);
            BinaryPrimitives.WriteUInt32BigEndian(chunk, tsn);
            Assert.True(receiver.TakeData(Whole, chunk));
        }

        var sack = new byte[receiver.SackLength];
        receiver.WriteSack(sack);
        var window = BinaryPrimitives.ReadUInt32BigEndian(sack.AsSpan(4));
        Assert.InRange(window, 0u, 2000u);
    }

    [Fact]
    public void Rubbish_and_changed_packets_never_throw()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var wire = new SctpWire(round);
            var packets = new List<byte[]>();
            wire.Loses = packet =>
            {
                packets.Add(packet);
                return false;
            };
            wire.Establish();
            wire.A.Send(1, Message(1, 3000));
            wire.A.Association.EndStream(1, wire.Now);
            wire.For(TimeSpan.FromSeconds(1));
            foreach (var packet in packets.ToList())
            {
                var changed = packet.ToArray();
                for (var change = 0; change < 3; change++)
                    changed[12 + random.Next(changed.Length - 12)] = (byte)random.Next(256);
                Reseal(changed);
                wire.B.Association.Handle(changed, wire.Now);
                wire.A.Association.Handle(changed, wire.Now);
                var rubbish = new byte[random.Next(1300)];
                random.NextBytes(rubbish);
                wire.A.Association.Handle(rubbish, wire.Now);
            }

            wire.For(TimeSpan.FromSeconds(30));
        }
    }

    private static void Reseal(byte[] packet) =>
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Crc32C.OfPacket(packet));

    private static byte[] Message(int seed, int length)
    {
        var message = new byte[length];
        new Random(seed).NextBytes(message);
        return message;
    }
}
