using System.Text;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>
/// One agent and, played by the test, its peer: it writes the peer's messages and reads what the agent sends. The time
/// moves only when the test says so.
/// </summary>
internal sealed class ScriptedPeer : IIceSink
{
    public const string Ufrag = "peer";
    public const string Password = "the-password-of-the-peer";

    /// <summary>Where the peer is unless a test says otherwise.</summary>
    public static readonly TransportAddress Home = VirtualNetwork.Address("192.0.2.50:5000");

    private readonly List<(byte[] Datagram, TransportAddress To)> _sent = [];

    public ScriptedPeer(IceRole role, IceAgentOptions? options = null, bool describe = true, int seed = 1)
    {
        Agent = new IceAgent((options ?? new()) with { Role = role }, Entropy.Seeded(seed), this);
        Agent.AddLocalCandidate(IceCandidate.Host(VirtualNetwork.Address("192.0.2.1:1000")));
        if (describe) Agent.SetRemoteCredentials(Ufrag, Password, iceLite: false);
    }

    public IceAgent Agent { get; }

    public long Now { get; private set; }

    /// <summary>The ways of what the agent has sent and no one has taken.</summary>
    public List<IcePath> Paths { get; } = [];

    public List<IceState> States { get; } = [];

    public List<TransportAddress> SelectedRemotes { get; } = [];

    public static long Ms(double milliseconds) => (long)(milliseconds * TimeSpan.TicksPerMillisecond);

    public static string Candidate(TransportAddress address, uint priority = 2130706431, string type = "host") =>
        $"candidate:1 1 udp {priority} {address.ToIPAddress()} {address.Port} typ {type}";

    /// <summary>Lets time pass, with a tick at every deadline on the way.</summary>
    public void Advance(double milliseconds)
    {
        var end = Now + Ms(milliseconds);
        for (var ticks = 0; Agent.NextDeadline <= end; ticks++)
        {
            Assert.True(ticks < 10_000, "The agent is due again and again without time passing.");
            Now = Math.Max(Now, Agent.NextDeadline);
            Agent.Tick(Now);
        }

        Now = end;
    }

    /// <summary>Takes what the agent has sent since.</summary>
    public SentMessage[] TakeSent()
    {
        var taken = _sent.Select(s => SentMessage.Read(s.Datagram, s.To, Agent.LocalPassword)).ToArray();
        _sent.Clear();
        Paths.Clear();
        return taken;
    }

    /// <summary>The ways of what the agent has sent since.</summary>
    public IcePath[] TakeSentPaths()
    {
        var taken = Paths.ToArray();
        _sent.Clear();
        Paths.Clear();
        return taken;
    }

    /// <summary>The one check among what the agent has sent since.</summary>
    public SentMessage TakeCheck() => Assert.Single(TakeSent(), m => m.Class == StunClass.Request);

    public bool Receive(byte[] datagram, TransportAddress? from = null) => Agent.Handle(datagram, from ?? Home, Now);

    /// <summary>A check of the peer.</summary>
    public byte[] Check(
        IceRole role, bool useCandidate = false, ulong tieBreaker = 1, byte id = 1, string? password = null,
        string? receiver = null, ushort[]? unknown = null)
    {
        return Write(StunClass.Request, [id, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], password ?? Agent.LocalPassword,
            (ref StunWriter writer) =>
            {
                var username = $"{receiver ?? Agent.LocalUfrag}:{Ufrag}";
                writer.Write(StunAttribute.Username, Encoding.ASCII.GetBytes(username));
                writer.Write(StunAttribute.Priority, 1862270975u);
                writer.Write(role == IceRole.Controlling ? StunAttribute.IceControlling : StunAttribute.IceControlled,
                    tieBreaker);
                if (useCandidate) writer.Write(StunAttribute.UseCandidate, []);
                foreach (var type in unknown ?? []) writer.Write(type, [1, 2, 3, 4]);
            });
    }

    /// <summary>The peer's answer to a check.</summary>
    public static byte[] Answer(SentMessage check, string mapped = "192.0.2.1:1000", string password = Password) =>
        Write(StunClass.Success, check.TransactionId, password,
            (ref StunWriter writer) => writer.WriteXorMappedAddress(VirtualNetwork.Address(mapped)));

    /// <summary>The peer's refusal of a check.</summary>
    public static byte[] Refuse(SentMessage check, int code, string password = Password) =>
        Write(StunClass.Error, check.TransactionId, password,
            (ref StunWriter writer) => writer.WriteErrorCode(code, "refused"u8));

    /// <summary>Answers every check of the agent, nominations too, until it sends no more.</summary>
    public void AnswerAll()
    {
        for (var round = 0; round < 10; round++)
        {
            var checks = TakeSent().Where(m => m.Class == StunClass.Request).ToArray();
            if (checks.Length == 0) return;
            foreach (var check in checks) Assert.True(Receive(Answer(check), check.To));
        }
    }

    public void SendStun(ReadOnlySpan<byte> datagram, in IcePath path)
    {
        _sent.Add((datagram.ToArray(), path.Remote));
        Paths.Add(path);
    }

    public void OnIceStateChanged(IceState state) => States.Add(state);

    public void OnSelected(in IcePath path) => SelectedRemotes.Add(path.Remote);

    private delegate void Attributes(ref StunWriter writer);

    private static byte[] Write(StunClass messageClass, byte[] transactionId, string password, Attributes attributes)
    {
        var buffer = new byte[600];
        var writer = new StunWriter(buffer, messageClass, StunProtocol.BindingMethod, transactionId);
        attributes(ref writer);
        return buffer[..writer.Finish(new StunKey(Encoding.ASCII.GetBytes(password)))];
    }
}

/// <summary>A message of the agent under test, read and verified.</summary>
internal sealed record SentMessage(
    TransportAddress To, StunClass Class, byte[] TransactionId, string Username, bool UseCandidate, IceRole? Role,
    uint? Priority, int ErrorCode, byte[] Raw)
{
    public static SentMessage Read(byte[] datagram, TransportAddress to, string localPassword)
    {
        Assert.True(StunMessage.TryParse(datagram, out var message));
        Assert.True(message.CheckFingerprint());

        // A request is under the receiver's password, an answer under that of the agent that was asked.
        var key = message.Class == StunClass.Request ? ScriptedPeer.Password : localPassword;
        Assert.True(message.CheckIntegrity(new StunKey(Encoding.ASCII.GetBytes(key))));
        IceRole? role = message.IceControlling is not null ? IceRole.Controlling
            : message.IceControlled is not null ? IceRole.Controlled : null;
        return new(to, message.Class, message.TransactionId.ToArray(), Encoding.ASCII.GetString(message.Username),
            message.UseCandidate, role, message.Priority, message.ErrorCode, datagram);
    }
}
