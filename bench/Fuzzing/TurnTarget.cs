using System.Net;
using System.Text;
using GoTo.WebRtc;
using GoTo.WebRtc.Stun;
using GoTo.WebRtc.Turn;

namespace GoTo.Bench.Fuzzing;

/// <summary>
/// Messages of a TURN server into a client that asks for its allocation, or has it with a permission and a channel: a
/// new one for each input, always with the same transaction ids, which those of the seeds fit.
/// </summary>
internal static class TurnTarget
{
    private static readonly TransportAddress Peer = TransportAddress.From(IPAddress.Loopback, 5000);
    private static readonly TransportAddress Relayed = TransportAddress.From(IPAddress.Loopback, 6000);
    private static readonly byte[] Realm = Encoding.ASCII.GetBytes("example.org");

    public static FuzzTarget Create() => new("turn", Record(), 1_500, 32 << 10, Feed);

    private static void Feed(Span<byte> input)
    {
        var session = new Session();
        // An odd length meets a client that has no allocation yet.
        if (input.Length % 2 == 0)
            session.Allocate();
        session.Client.Handle(input, 1);
        session.Client.Send("data"u8, Peer, 1);
        session.Client.Tick(TimeSpan.TicksPerHour);
        session.Client.Handle(input, TimeSpan.TicksPerHour);
        session.Client.Close();
    }

    /// <summary>What a server sends in the life of an allocation.</summary>
    private static List<byte[]> Record()
    {
        var session = new Session();
        session.Allocate();
        if (session.Client.State != TurnState.Allocated)
            throw new InvalidOperationException("The seeds do not fit the client.");
        session.Answer(StunClass.Indication, StunProtocol.DataMethod, new byte[12], 0);
        session.Client.Handle([0x40, 0, 0, 4, 1, 2, 3, 4], 1);
        session.Given.Add([0x40, 0, 0, 4, 1, 2, 3, 4]);
        foreach (var code in new[] { StunError.TryAlternate, StunError.StaleNonce, StunError.AllocationMismatch })
            session.Answer(StunClass.Error, StunProtocol.RefreshMethod, new byte[12], code);
        return session.Given;
    }

    private sealed class Session : ITurnSink
    {
        private readonly StunKey _key = new TurnCredentials("user", "secret").KeyFor(Realm);
        private byte[] _asked = [];

        public Session()
        {
            Client = new TurnClient(
                new TurnCredentials("user", "secret"), isStream: false, isIPv6: false, Entropy.Seeded(1), this);
            Client.Start(1);
        }

        public TurnClient Client { get; }

        public List<byte[]> Given { get; } = [];

        public void Allocate()
        {
            Reply(StunClass.Error, StunProtocol.AllocateMethod, StunError.Unauthenticated);
            Reply(StunClass.Success, StunProtocol.AllocateMethod);
            Client.Send("data"u8, Peer, 1);
            Reply(StunClass.Success, StunProtocol.CreatePermissionMethod);
            Client.Bind(Peer, 1);
            Reply(StunClass.Success, StunProtocol.ChannelBindMethod);
        }

        public void Answer(StunClass messageClass, int method, byte[] id, int error)
        {
            var buffer = new byte[400];
            var writer = new StunWriter(buffer, messageClass, method, id);
            if (error != 0)
            {
                writer.WriteErrorCode(error, "refused"u8);
                writer.Write(StunAttribute.Realm, Realm);
                writer.Write(StunAttribute.Nonce, "nonce"u8);
                writer.Write(StunAttribute.AlternateServer, [0, 1, 0x13, 0x88, 127, 0, 0, 1]);
            }
            else if (method == StunProtocol.DataMethod)
            {
                writer.WriteXorAddress(StunAttribute.XorPeerAddress, Peer);
                writer.Write(StunAttribute.Data, "hello"u8);
            }
            else
            {
                writer.WriteXorAddress(StunAttribute.XorRelayedAddress, Relayed);
                writer.WriteXorMappedAddress(Peer);
                writer.Write(StunAttribute.Lifetime, 600u);
            }

            var message = buffer[..(messageClass == StunClass.Success ? writer.Finish(_key) : writer.Finish())];
            Given.Add([.. message]);
            Client.Handle(message, 1);
        }

        public void SendToServer(ReadOnlySpan<byte> message) => _asked = message.ToArray();

        public void OnAllocated()
        {
        }

        public void OnRelayedData(Span<byte> data, in TransportAddress from) => data.Clear();

        public void OnRedirected(in TransportAddress server) => Client.Start(1);

        public void OnTurnFailed(string reason)
        {
        }

        private void Reply(StunClass messageClass, int method, int error = 0) =>
            Answer(messageClass, method, _asked[StunProtocol.TransactionIdOffset..StunProtocol.HeaderLength], error);
    }
}
