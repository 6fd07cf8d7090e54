using System.Buffers.Binary;
using System.Text;
using GoTo.WebRtc.Stun;
using GoTo.WebRtc.Tests.Ice;
using GoTo.WebRtc.Turn;
using Xunit;

namespace GoTo.WebRtc.Tests.Turn;

/// <summary>
/// A TURN client and, played by the test, its server: answers as told, in virtual time, and keeps what the client asked.
/// </summary>
internal sealed class ScriptedTurnServer : ITurnSink
{
    public const string Username = "user";
    public const string Password = "secret";
    public const string Realm = "example.org";

    public static readonly TransportAddress Relayed = VirtualNetwork.Address("198.51.100.7:50000");
    public static readonly TransportAddress Mapped = VirtualNetwork.Address("203.0.113.5:40000");

    private readonly List<byte[]> _sent = [];
    private readonly StunKey _key = new TurnCredentials(Username, Password).KeyFor(Encoding.UTF8.GetBytes(Realm));

    public ScriptedTurnServer(bool isStream = false, string username = Username, string password = Password)
    {
        Client = new TurnClient(new TurnCredentials(username, password), isStream, isIPv6: false, Entropy.Seeded(1), this);
    }

    private delegate void Attributes(ref StunWriter writer);

    public TurnClient Client { get; }

    public long Now { get; private set; }

    public string Nonce { get; set; } = "nonce-1";

    public uint Lifetime { get; set; } = 600;

    /// <summary>Answers of its own for a request, by method: an error code, or 0 to stay silent.</summary>
    public Dictionary<int, int> Answers { get; } = [];

    public TransportAddress Alternate { get; set; } = VirtualNetwork.Address("192.0.2.99:3478");

    /// <summary>What was asked, in order: the method, whether with credentials, and the whole message.</summary>
    public List<TurnRequest> Requests { get; } = [];

    /// <summary>Data that the client sent to peers, by channel (its number) or indication (0).</summary>
    public List<(int Channel, TransportAddress To, string Data)> ToPeers { get; } = [];

    public List<(TransportAddress From, string Data)> FromPeers { get; } = [];

    public List<TransportAddress> Redirects { get; } = [];

    public int Allocations { get; private set; }

    public string? Failure { get; private set; }

    public static long Seconds(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    /// <summary>A server that has answered until there is an allocation.</summary>
    public static ScriptedTurnServer Allocated(bool isStream = false)
    {
        var server = new ScriptedTurnServer(isStream);
        server.Client.Start(server.Now);
        server.Serve();
        Assert.Equal(TurnState.Allocated, server.Client.State);
        server.Requests.Clear();
        return server;
    }

    /// <summary>Answers until the client asks no more.</summary>
    public void Serve()
    {
        while (_sent.Count > 0)
        {
            var message = _sent[0];
            _sent.RemoveAt(0);
            Take(message);
        }
    }

    /// <summary>Lets time pass, with a tick at every deadline on the way, and answers if told so.</summary>
    public void Advance(double seconds, bool serve = true)
    {
        var end = Now + Seconds(seconds);
        for (var ticks = 0; Client.NextDeadline <= end; ticks++)
        {
            Assert.True(ticks < 10_000, "The client is due again and again without time passing.");
            Now = Math.Max(Now, Client.NextDeadline);
            Client.Tick(Now);
            if (serve) Serve();
        }

        Now = end;
    }

    /// <summary>What the client has sent since, unanswered.</summary>
    public byte[][] TakeSent()
    {
        var taken = _sent.ToArray();
        _sent.Clear();
        return taken;
    }

    public void SendToPeer(string data, string to)
    {
        Client.Send(Encoding.UTF8.GetBytes(data), VirtualNetwork.Address(to), Now);
        Serve();
    }

    /// <summary>A peer's datagram arrives at the relayed address, and reaches the client by an indication.</summary>
    public void Indicate(string data, string from) => Client.Handle(Write(StunClass.Indication, StunProtocol.DataMethod,
        new byte[12], signed: false, (ref StunWriter writer) =>
        {
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, VirtualNetwork.Address(from));
            writer.Write(StunAttribute.Data, Encoding.UTF8.GetBytes(data));
        }), Now);

    public void SendToServer(ReadOnlySpan<byte> message) => _sent.Add(message.ToArray());

    public void OnAllocated() => Allocations++;

    public void OnRelayedData(Span<byte> data, in TransportAddress from) =>
        FromPeers.Add((from, Encoding.UTF8.GetString(data)));

    public void OnRedirected(in TransportAddress server) => Redirects.Add(server);

    public void OnTurnFailed(string reason) => Failure = Failure is null ? reason : "told twice";

    private void Take(byte[] bytes)
    {
        if (ChannelData.TryRead(bytes, out var channel, out var end))
        {
            ToPeers.Add((channel, default, Encoding.UTF8.GetString(bytes.AsSpan(ChannelData.HeaderLength..end))));
            return;
        }

        Assert.True(StunMessage.TryParse(bytes, out var message));
        if (message.Class == StunClass.Indication)
        {
            Assert.Equal(StunProtocol.SendMethod, message.Method);
            Assert.True(message.TryGetAddress(StunAttribute.XorPeerAddress, out var to));
            Assert.True(message.TryGet(StunAttribute.Data, out var data));
            ToPeers.Add((0, to, Encoding.UTF8.GetString(data)));
            return;
        }

        var request = TurnRequest.Read(message);
        Requests.Add(request);
        if (Answers.TryGetValue(request.Method, out var code))
        {
            if (code != 0) Refuse(request, code);
        }
        else if (!message.HasIntegrity)
        {
            Refuse(request, StunError.Unauthenticated);
        }
        else if (request.Nonce != Nonce)
        {
            Refuse(request, StunError.StaleNonce);
        }
        else if (request.Username != Username || !message.CheckIntegrity(_key))
        {
            Refuse(request, StunError.Unauthenticated);
        }
        else
        {
            Grant(request);
        }
    }

    private void Grant(TurnRequest request) => Client.Handle(
        Write(StunClass.Success, request.Method, request.TransactionId, signed: true, (ref StunWriter writer) =>
        {
            if (request.Method == StunProtocol.AllocateMethod)
            {
                writer.WriteXorAddress(StunAttribute.XorRelayedAddress, Relayed);
                writer.WriteXorMappedAddress(Mapped);
            }

            if (request.Method is StunProtocol.AllocateMethod or StunProtocol.RefreshMethod)
                writer.Write(StunAttribute.Lifetime, Lifetime);
        }), Now);

    private void Refuse(TurnRequest request, int code) => Client.Handle(
        Write(StunClass.Error, request.Method, request.TransactionId, signed: false, (ref StunWriter writer) =>
        {
            writer.WriteErrorCode(code, "refused"u8);
            if (code is StunError.Unauthenticated or StunError.StaleNonce)
            {
                writer.Write(StunAttribute.Realm, Encoding.UTF8.GetBytes(Realm));
                writer.Write(StunAttribute.Nonce, Encoding.UTF8.GetBytes(Nonce));
            }

            if (code == StunError.TryAlternate)
            {
                Span<byte> value = stackalloc byte[8];
                value[1] = 1;
                BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)Alternate.Port);
                Alternate.WriteAddress(value[4..]);
                writer.Write(StunAttribute.AlternateServer, value);
            }
        }), Now);

    private byte[] Write(StunClass messageClass, int method, byte[] id, bool signed, Attributes attributes)
    {
        var buffer = new byte[1500];
        var writer = new StunWriter(buffer, messageClass, method, id);
        attributes(ref writer);
        return buffer[..(signed ? writer.Finish(_key) : writer.Finish())];
    }
}

/// <summary>A request of the client, read.</summary>
internal sealed record TurnRequest(
    int Method, byte[] TransactionId, string Username, string Nonce, uint? Lifetime, uint? Channel, TransportAddress Peer)
{
    public static TurnRequest Read(in StunMessage message) => new(
        message.Method,
        message.TransactionId.ToArray(),
        Encoding.UTF8.GetString(message.Username),
        message.TryGet(StunAttribute.Nonce, out var nonce) ? Encoding.UTF8.GetString(nonce) : "",
        message.TryGetUInt32(StunAttribute.Lifetime, out var lifetime) ? lifetime : null,
        message.TryGetUInt32(StunAttribute.ChannelNumber, out var channel) ? channel >> 16 : null,
        message.TryGetAddress(StunAttribute.XorPeerAddress, out var peer) ? peer : default);
}
