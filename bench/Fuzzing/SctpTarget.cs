using System.Buffers.Binary;
using GoTo.WebRtc;
using GoTo.WebRtc.Sctp;

namespace GoTo.Bench.Fuzzing;

/// <summary>
/// SCTP packets into an association that is being set up, or stands: a new one for each input, always with the same
/// tags, which those of the seeds fit. The checksum is mended, for the parser would look at nothing else.
/// </summary>
internal static class SctpTarget
{
    private const ushort Port = 5000;

    public static FuzzTarget Create() => new("sctp", Record(), 1_500, 512 << 10, Feed);

    private static void Feed(Span<byte> input)
    {
        if (input.Length >= SctpPacket.HeaderLength)
            BinaryPrimitives.WriteUInt32LittleEndian(input[8..], Crc32C.OfPacket(input));
        var pair = new Pair();
        // An odd length meets an association that is not set up yet.
        if (input.Length % 2 == 0)
            pair.Connect();
        pair.Server.Handle(input, 1);
        pair.Server.Tick(TimeSpan.TicksPerSecond);
        pair.Server.Handle(input, TimeSpan.TicksPerSecond);
    }

    /// <summary>What one side of an association sends in its life.</summary>
    private static List<byte[]> Record()
    {
        var pair = new Pair();
        pair.Connect();
        pair.Client.Send(0, 50, new byte[10], new SctpDelivery(), 1);
        pair.Client.Send(1, 51, new byte[4_000], new SctpDelivery(Unordered: true), 1);
        pair.Client.Send(2, 53, new byte[100], new SctpDelivery(MaxRetransmits: 0), 1);
        pair.Deliver();
        pair.Server.Send(0, 51, new byte[3_000], new SctpDelivery(), 1);
        pair.Deliver();
        pair.Client.EndStream(1, 1);
        pair.Deliver();
        pair.Client.Tick(60 * TimeSpan.TicksPerSecond);
        pair.Deliver();
        pair.Client.Shutdown(1);
        pair.Deliver();
        pair.Client.Abort("over");
        return pair.SentByClient;
    }

    private sealed class Pair
    {
        private readonly Side _client = new();
        private readonly Side _server = new();

        public Pair()
        {
            Client = new SctpAssociation(Port, Port, Entropy.Seeded(1), _client);
            Server = new SctpAssociation(Port, Port, Entropy.Seeded(2), _server);
        }

        public SctpAssociation Client { get; }

        public SctpAssociation Server { get; }

        public List<byte[]> SentByClient { get; } = [];

        public void Connect()
        {
            Client.Start(0);
            Deliver();
            if (Server.State != SctpState.Established)
                throw new InvalidOperationException($"The association is {Server.State}.");
        }

        public void Deliver()
        {
            while (_client.Sent.Count + _server.Sent.Count > 0)
            {
                if (_client.Sent.TryDequeue(out var packet))
                {
                    SentByClient.Add(packet);
                    Server.Handle(packet, 0);
                }

                if (_server.Sent.TryDequeue(out packet))
                    Client.Handle(packet, 0);
            }
        }
    }

    private sealed class Side : ISctpSink
    {
        public Queue<byte[]> Sent { get; } = [];

        public void SendSctp(ReadOnlySpan<byte> packet) => Sent.Enqueue(packet.ToArray());

        public void OnSctpEstablished()
        {
        }

        public void OnSctpMessage(ushort stream, uint protocol, ReadOnlySpan<byte> message)
        {
        }

        public void OnSctpStreamReset(ushort stream)
        {
        }

        public void OnSctpStreamEnded(ushort stream)
        {
        }

        public void OnSctpReleased(ushort stream, uint protocol, int bytes)
        {
        }

        public void OnSctpClosed(string? reason)
        {
        }
    }
}
