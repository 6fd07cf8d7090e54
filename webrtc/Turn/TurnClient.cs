using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Turn;

/// <summary>Where an allocation is in its life.</summary>
internal enum TurnState
{
    /// <summary>Not started, or redirected and not started again.</summary>
    New,

    /// <summary>The server is asked for a relayed address.</summary>
    Allocating,

    /// <summary>There is a relayed address, and it is kept.</summary>
    Allocated,

    /// <summary>The server refused, forgot, or did not answer.</summary>
    Failed,

    /// <summary>Given back by <see cref="TurnClient.Close"/>.</summary>
    Closed,
}

/// <summary>
/// A TURN client (RFC 8656) with one UDP allocation, over a datagram or a stream transport: long-term credentials,
/// stale nonces, alternate servers, refreshes, permissions, channels. It has no socket, clock or thread: messages and
/// time (monotonic <see cref="TimeSpan"/> ticks) come in, messages and events leave by an <see cref="ITurnSink"/>.
/// </summary>
internal sealed partial class TurnClient
{
    private const int MaxRedirects = 3;

    private readonly TurnCredentials _credentials;
    private readonly bool _isStream;
    private readonly bool _isIPv6;
    private readonly Entropy _entropy;
    private readonly ITurnSink _sink;
    private readonly List<TurnTransaction> _transactions = [];
    private byte[] _realm = [];
    private byte[] _nonce = [];
    private StunKey? _key;
    private int _redirects;
    private long _refreshAt = long.MaxValue;

    /// <param name="credentials">What the server knows us by.</param>
    /// <param name="isStream">Whether messages go over TCP or TLS: nothing is repeated, ChannelData is padded.</param>
    /// <param name="isIPv6">Whether the relayed address is to be an IPv6 one.</param>
    /// <param name="entropy">For transaction ids.</param>
    /// <param name="sink">Where messages and events go.</param>
    public TurnClient(TurnCredentials credentials, bool isStream, bool isIPv6, Entropy entropy, ITurnSink sink)
    {
        (_credentials, _isStream, _isIPv6, _entropy, _sink) = (credentials, isStream, isIPv6, entropy, sink);
    }

    public TurnState State { get; private set; }

    /// <summary>The relayed address, where peers reach us.</summary>
    public TransportAddress Relayed { get; private set; }

    /// <summary>Our address as the server sees it.</summary>
    public TransportAddress Mapped { get; private set; }

    /// <summary>When <see cref="Tick"/> must be called next; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline
    {
        get
        {
            if (State is not (TurnState.Allocating or TurnState.Allocated)) return long.MaxValue;
            var deadline = Math.Min(_refreshAt, PeersDeadline());
            foreach (var transaction in _transactions) deadline = Math.Min(deadline, transaction.DueAt);
            return deadline;
        }
    }

    /// <summary>Asks for a relayed address; the transport is connected.</summary>
    public void Start(long now)
    {
        if (State != TurnState.New) return;
        State = TurnState.Allocating;
        Request(StunProtocol.AllocateMethod, now);
    }

    /// <summary>Handles a message of the server; a peer's data in it may be changed in place.</summary>
    public void Handle(Span<byte> message, long now)
    {
        if (State is not (TurnState.Allocating or TurnState.Allocated)) return;
        if (ChannelData.Is(message)) OnChannelData(message);
        else if (StunMessage.TryParse(message, out var stun)) OnStun(message, stun, now);
    }

    /// <summary>Does what is due: retransmissions, refreshes.</summary>
    public void Tick(long now)
    {
        if (State is not (TurnState.Allocating or TurnState.Allocated)) return;
        for (var i = _transactions.Count - 1; i >= 0; i--)
        {
            if (now >= _transactions[i].DueAt) Repeat(_transactions[i], now);
            if (State == TurnState.Failed) return;
        }

        if (now >= _refreshAt)
        {
            _refreshAt = long.MaxValue;
            Request(StunProtocol.RefreshMethod, now);
        }

        RefreshPeers(now);
    }

    /// <summary>The transport is gone.</summary>
    public void OnDisconnected(string reason) => Fail(reason);

    /// <summary>Gives the allocation back, as far as one message can.</summary>
    public void Close()
    {
        if (State is TurnState.Failed or TurnState.Closed) return;
        var wasAllocated = State == TurnState.Allocated;
        State = TurnState.Closed;
        _transactions.Clear();
        _waiting.Clear();
        if (!wasAllocated) return;
        Span<byte> buffer = stackalloc byte[MaxMessage];
        var length = Write(buffer, StunProtocol.RefreshMethod, NewId(), null, null, lifetime: 0);
        _sink.SendToServer(buffer[..length]);
    }

    private void OnStun(Span<byte> bytes, in StunMessage message, long now)
    {
        if (message.Class == StunClass.Indication)
        {
            if (message.Method == StunProtocol.DataMethod) OnDataIndication(bytes, message);
            return;
        }

        if (message.Class == StunClass.Request) return;
        var id = StunTransactionId.Read(message.TransactionId);
        var transaction = _transactions.Find(t => t.Id == id);
        if (transaction is null || transaction.Method != message.Method) return;

        // A success without our key is forged; a refusal need not carry it (RFC 8489 section 9.2.5).
        var isSigned = _key is not null && message.CheckIntegrity(_key);
        if (message.Class == StunClass.Success && transaction.IsAuthenticated && !isSigned) return;
        _transactions.Remove(transaction);
        if (message.Class == StunClass.Success) OnSuccess(transaction, message, now);
        else OnError(transaction, message, now);
    }

    private void OnSuccess(TurnTransaction transaction, in StunMessage message, long now)
    {
        switch (transaction.Method)
        {
            case StunProtocol.AllocateMethod:
                OnAllocated(message, now);
                break;
            case StunProtocol.RefreshMethod:
                ScheduleRefresh(message, now);
                break;
            default:
                OnPeerGranted(transaction, now);
                break;
        }
    }

    private void OnAllocated(in StunMessage message, long now)
    {
        if (!message.TryGetAddress(StunAttribute.XorRelayedAddress, out var relayed) || !relayed.IsUnicast)
        {
            Fail("The server granted an allocation without an address.");
            return;
        }

        Relayed = relayed;
        Mapped = message.TryGetXorMappedAddress(out var mapped) ? mapped : default;
        State = TurnState.Allocated;
        ScheduleRefresh(message, now);
        _sink.OnAllocated();
    }

    /// <summary>A minute before the end, or at half of a short life (RFC 8656 section 8).</summary>
    private void ScheduleRefresh(in StunMessage message, long now)
    {
        if (!message.TryGetUInt32(StunAttribute.Lifetime, out var seconds)) seconds = 600;
        seconds = Math.Clamp(seconds, 10, 3600);
        _refreshAt = now + (Math.Max(seconds - 60L, seconds / 2L) * TimeSpan.TicksPerSecond);
    }

    private void OnError(TurnTransaction transaction, in StunMessage message, long now)
    {
        switch (message.ErrorCode)
        {
            case StunError.Unauthenticated when transaction.IsAuthenticated && transaction.Repeats > 0:
                Fail("The server does not accept the username and credential.");
                break;
            case StunError.Unauthenticated or StunError.StaleNonce:
                Authenticate(transaction, message, now);
                break;
            case StunError.TryAlternate when State == TurnState.Allocating:
                Redirect(message);
                break;
            case var code when transaction.Method is StunProtocol.AllocateMethod or StunProtocol.RefreshMethod:
                Fail($"The server refused with {code}{Meaning(code)}.");
                break;
            default:
                OnPeerRefused(transaction);
                break;
        }
    }

    private void Redirect(in StunMessage message)
    {
        if (++_redirects > MaxRedirects
            || !message.TryGetAddress(StunAttribute.AlternateServer, out var server) || !server.IsUnicast)
        {
            Fail("The server sends us to another one, and that on and on, or to none.");
            return;
        }

        State = TurnState.New;
        _transactions.Clear();
        (_realm, _nonce, _key) = ([], [], null);
        _sink.OnRedirected(server);
    }

    private void Fail(string reason)
    {
        if (State is TurnState.Failed or TurnState.Closed) return;
        State = TurnState.Failed;
        _transactions.Clear();
        _waiting.Clear();
        _sink.OnTurnFailed(reason);
    }

    private static string Meaning(int code) => code switch
    {
        StunError.Forbidden => " (forbidden)",
        StunError.AllocationMismatch => " (it knows no such allocation, or another one)",
        440 => " (address family not supported)",
        441 => " (wrong credentials)",
        442 => " (transport protocol not supported)",
        486 => " (allocation quota reached)",
        508 => " (insufficient capacity)",
        _ => "",
    };
}
