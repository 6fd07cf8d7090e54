using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Ice;

/// <summary>
/// Asks a STUN server for our address as it sees it (RFC 8445 section 5.1.1.2). Like <see cref="IceAgent"/> it has no
/// socket or clock.
/// </summary>
internal sealed class ServerReflexiveQuery(TransportAddress server, Entropy entropy)
{
    private const long FirstTimeout = 500 * TimeSpan.TicksPerMillisecond;
    private const int MaxTries = 7;

    private readonly StunTransactionId _id = StunTransactionId.New(entropy);
    private int _tries;

    /// <summary>The server's address.</summary>
    public TransportAddress Server => server;

    /// <summary>When the request is to be sent; <see cref="long.MaxValue"/> for never again.</summary>
    public long DueAt { get; private set; }

    /// <summary>Writes the request, to be sent to <see cref="Server"/> now.</summary>
    /// <returns>Its length in bytes.</returns>
    public int Write(Span<byte> buffer, long now)
    {
        DueAt = _tries < MaxTries - 1 ? now + (FirstTimeout << _tries) : long.MaxValue;
        _tries++;
        Span<byte> transactionId = stackalloc byte[StunProtocol.TransactionIdLength];
        _id.Write(transactionId);
        return new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, transactionId).Finish();
    }

    /// <summary>Is the message the server's answer.</summary>
    public bool IsAnswer(in StunMessage message, in TransportAddress from) =>
        message.Class is StunClass.Success or StunClass.Error && message.Method == StunProtocol.BindingMethod
        && from == server && StunTransactionId.Read(message.TransactionId) == _id;
}
