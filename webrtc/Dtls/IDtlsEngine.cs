using GoTo.WebRtc.Srtp;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// The DTLS association of one peer connection (RFC 5763, RFC 5764). All members are thread-safe and return at once;
/// results come to the <see cref="IDtlsSink"/>.
/// </summary>
internal interface IDtlsEngine
{
    /// <summary>Whether the handshake has succeeded.</summary>
    bool Completed { get; }

    /// <summary>
    /// Begins: a client sends its first flight, a server answers as soon as a datagram is there. To be called once,
    /// when ICE has a pair to send on and the remote description is known.
    /// </summary>
    /// <param name="role">Our side of the handshake.</param>
    /// <param name="remote">The fingerprints in the remote description, of which one must be the certificate's.</param>
    void Start(DtlsRole role, DtlsFingerprints remote);

    /// <summary>
    /// A DTLS datagram from the peer; copied. Before <see cref="Open"/> some are kept, those beyond are dropped.
    /// </summary>
    void Feed(ReadOnlySpan<byte> datagram);

    /// <summary>
    /// To be called after <see cref="IDtlsSink.OnDtlsConnected"/>, on the thread that calls <see cref="Feed"/>: from now
    /// on datagrams are dealt with as they are fed, on that thread, and first those that have come meanwhile.
    /// </summary>
    void Open();

    /// <summary>
    /// Makes a datagram that carries application data; on the thread that calls <see cref="Feed"/>, once open.
    /// </summary>
    /// <param name="data">The data.</param>
    /// <param name="datagram">Room for the data and <see cref="DtlsRecords.MaxOverhead"/> bytes.</param>
    /// <returns>The datagram's length; 0 when the association is not open.</returns>
    int Protect(ReadOnlySpan<byte> data, Span<byte> datagram);

    /// <summary>Sends close_notify if there was a handshake, and ends. May be called at any time, and again.</summary>
    void Close();
}

/// <summary>
/// What a DTLS association does to the outside. Called on a handshake thread until it is open, from then on by the thread
/// that calls the engine.
/// </summary>
internal interface IDtlsSink
{
    /// <summary>Send this to the peer. The span is valid during the call only.</summary>
    void SendDtls(ReadOnlySpan<byte> datagram);

    /// <summary>
    /// The handshake is done, the peer's certificate is the one of its description; called once at most.
    /// </summary>
    void OnDtlsConnected(SrtpKeys keys);

    /// <summary>Application data from the peer, authentic and new. The span is valid during the call only.</summary>
    void OnDtlsData(ReadOnlySpan<byte> data);

    /// <summary>The association is over; called exactly once, and last.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="detail">What there is to say about it for a log; never holds a secret.</param>
    /// <param name="alert">The fatal alert that we got, or else sent (RFC 5246 section 7.2); none if there was none.</param>
    void OnDtlsClosed(DtlsCloseReason reason, string? detail, byte? alert);
}

/// <summary>Why a DTLS association ended.</summary>
internal enum DtlsCloseReason
{
    /// <summary><see cref="IDtlsEngine.Close"/> was called.</summary>
    ClosedLocally,

    /// <summary>The peer sent close_notify: it has hung up.</summary>
    ClosedByPeer,

    /// <summary>The peer sent a fatal alert.</summary>
    FatalAlert,

    /// <summary>The peer's certificate is not the one that its description announced.</summary>
    FingerprintMismatch,

    /// <summary>The peer offers no SRTP profile that we accept.</summary>
    NoCommonSrtpProfile,

    /// <summary>The handshake was not done in time.</summary>
    TimedOut,

    /// <summary>The handshake failed for another reason, which the detail names.</summary>
    HandshakeFailed,

    /// <summary>More handshakes were waiting than the pool holds.</summary>
    Overloaded,
}
