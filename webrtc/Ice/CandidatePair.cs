using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Ice;

/// <summary>The state of a pair (RFC 8445 section 6.1.2.6); with one component nothing need be frozen.</summary>
internal enum CandidatePairState
{
    Waiting,
    InProgress,
    Succeeded,
    Failed,
}

/// <summary>Why a Binding request is on its way on a pair.</summary>
internal enum CheckPurpose
{
    /// <summary>None is.</summary>
    None,

    /// <summary>To find out whether the pair works.</summary>
    Connectivity,

    /// <summary>To nominate a pair that works, by the controlling agent (RFC 8445 section 8.1.1).</summary>
    Nomination,

    /// <summary>To keep the consent to send (RFC 7675); not retransmitted.</summary>
    Consent,
}

/// <summary>
/// A remote candidate with one of our bases, which are the shard's socket and our relayed addresses: the path
/// identifies the pair. Holds at most one transaction. Owned by its <see cref="IceAgent"/>.
/// </summary>
internal sealed class CandidatePair(IceCandidate remote, TransportAddress relay, uint localPriority)
{
    /// <summary>Where its checks go and by which way.</summary>
    public IcePath Path { get; } = new(remote.Address, relay);

    /// <summary>Whether either side is relayed: there may be a better pair soon.</summary>
    public bool IsRelayed => Path.Relay.IsSpecified || Remote.Type == IceCandidateType.Relayed;

    /// <summary>The remote candidate; a peer-reflexive one is replaced when it is signalled later.</summary>
    public IceCandidate Remote { get; set; } = remote;

    /// <summary>The priority of the local candidate.</summary>
    public uint LocalPriority { get; } = localPriority;

    public CandidatePairState State { get; set; }

    /// <summary>A check that must go out at the next opportunity, not paced.</summary>
    public bool IsTriggered { get; set; }

    /// <summary>A check was sent to make a controlling peer nominate this pair, which is done once.</summary>
    public bool WasPrompted { get; set; }

    /// <summary>The last USE-CANDIDATE request seen: a late copy of it must not nominate again.</summary>
    public StunTransactionId LastNomination { get; set; }

    public CheckPurpose Purpose { get; set; }

    public StunTransactionId TransactionId { get; set; }

    /// <summary>Requests sent since the transaction began or was revived.</summary>
    public int Tries { get; set; }

    /// <summary>More than one request was sent, so the answer tells no round trip.</summary>
    public bool IsRetransmitted { get; set; }

    public long SentAt { get; set; }

    /// <summary>When to retransmit or give up; of no meaning for consent.</summary>
    public long RetransmitAt { get; set; }

    /// <summary>Is a request to be repeated if no answer comes.</summary>
    public bool HasRetransmission => Purpose is CheckPurpose.Connectivity or CheckPurpose.Nomination;

    /// <summary>The pair's priority for an agent in the role (RFC 8445 section 6.1.2.3).</summary>
    public ulong PriorityFor(IceRole role)
    {
        var (controlling, controlled) =
            role == IceRole.Controlling ? (LocalPriority, Remote.Priority) : (Remote.Priority, LocalPriority);
        return ((ulong)Math.Min(controlling, controlled) << 32) + 2ul * Math.Max(controlling, controlled)
            + (controlling > controlled ? 1ul : 0ul);
    }
}
