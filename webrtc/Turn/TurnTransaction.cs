using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Turn;

/// <summary>A request to a TURN server that is not answered yet. Owned by its <see cref="TurnClient"/>.</summary>
internal sealed class TurnTransaction
{
    public required int Method { get; init; }

    public required StunTransactionId Id { get; init; }

    /// <summary>The whole request, for retransmission.</summary>
    public required byte[] Message { get; init; }

    /// <summary>Whether it carried credentials.</summary>
    public required bool IsAuthenticated { get; init; }

    /// <summary>The permission asked for, or that of the channel.</summary>
    public TurnPermission? Permission { get; init; }

    /// <summary>The channel asked for.</summary>
    public TurnChannel? Channel { get; init; }

    /// <summary>How often the same was asked before, with another nonce.</summary>
    public int Repeats { get; init; }

    public int Sent { get; set; }

    public long DueAt { get; set; }
}

/// <summary>Leave for one address, with any port, to reach the relayed address (RFC 8656 section 9).</summary>
internal sealed class TurnPermission(TransportAddress address)
{
    /// <summary>The peer's address, with port 0.</summary>
    public TransportAddress Address => address;

    /// <summary>Granted until refused; null while asked for the first time.</summary>
    public bool? IsGranted { get; set; }

    public long RefreshAt { get; set; } = long.MaxValue;
}

/// <summary>A number that stands for a peer (RFC 8656 section 12).</summary>
internal sealed class TurnChannel(TransportAddress peer, ushort number)
{
    public TransportAddress Peer => peer;

    public ushort Number => number;

    public bool IsBound { get; set; }

    public long RefreshAt { get; set; } = long.MaxValue;
}
