namespace GoTo.WebRtc.Peer;

/// <summary>
/// Sees from a transceiver's counts, taken every <see cref="Interval"/>, whether audio flows. Not thread safe.
/// </summary>
internal sealed class FlowWatch
{
    /// <summary>How often to look; a change is told that much late at most.</summary>
    public static readonly long Interval = 2500 * TimeSpan.TicksPerMillisecond;

    // A source in discontinuous transmission is quiet for 400 ms; a phone that is alive for no more than seconds.
    private static readonly long ReceivePatience = TimeSpan.FromSeconds(10).Ticks;

    // Reports come every 5 s ± 50 % (RFC 3550 section 6.2), and one may be lost.
    private static readonly long HeardPatience = TimeSpan.FromSeconds(15).Ticks;

    // Reports of this long after the sending began would have told of it.
    private static readonly long ReportDelay = TimeSpan.FromSeconds(5).Ticks;

    private FlowCounts _before;
    private long _receivedAt;
    private long _heardAt;

    /// <summary>What was last told.</summary>
    public AudioFlow Flow { get; private set; }

    /// <summary>The connection has come to life, now or again.</summary>
    public void Start(long now) => (_receivedAt, _heardAt) = (now, now);

    /// <summary>Looks at the counts; true when <see cref="Flow"/> has changed.</summary>
    /// <param name="receives">Whether the negotiated direction receives.</param>
    /// <param name="sends">Whether the negotiated direction sends.</param>
    /// <param name="counts">The counts now.</param>
    /// <param name="lastRtcpAt">When RTCP last came, of whatever kind.</param>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    public bool Look(bool receives, bool sends, in FlowCounts counts, long lastRtcpAt, long now)
    {
        var received = !receives || counts.Received != _before.Received;
        var heard = !sends || counts.HighestHeard != _before.HighestHeard;
        if (received)
            _receivedAt = now;
        if (heard || counts.Sent == _before.Sent)
            _heardAt = now;
        _before = counts;
        // What was missed is back when it is seen, not when the time begins anew.
        var isReceiving = received || (!Misses(AudioFlow.NothingReceived) && now - _receivedAt < ReceivePatience);
        // Without any RTCP the remote side sends no reports, which tells nothing.
        var isHeard = heard || (!Misses(AudioFlow.NothingHeard)
            && (now - _heardAt < HeardPatience || lastRtcpAt - _heardAt < ReportDelay));
        var flow = (isReceiving, isHeard) switch
        {
            (true, true) => AudioFlow.Normal,
            (false, true) => AudioFlow.NothingReceived,
            (true, false) => AudioFlow.NothingHeard,
            _ => AudioFlow.NothingEitherWay,
        };
        if (flow == Flow)
            return false;
        Flow = flow;
        return true;
    }

    private bool Misses(AudioFlow what) => Flow == what || Flow == AudioFlow.NothingEitherWay;
}

/// <summary>What a <see cref="FlowWatch"/> looks at.</summary>
/// <param name="Received">RTP packets received.</param>
/// <param name="Sent">RTP packets sent.</param>
/// <param name="HighestHeard">The highest sequence number that the remote side has reported; none before.</param>
internal readonly record struct FlowCounts(long Received, long Sent, uint? HighestHeard);
