namespace GoTo.WebRtc.Ice;

/// <summary>The settings of one <see cref="IceAgent"/>; the defaults fit calls.</summary>
internal sealed record IceAgentOptions
{
    /// <summary>The role to begin with: controlling for the offerer. A conflict is settled by the protocol.</summary>
    public IceRole Role { get; init; } = IceRole.Controlled;

    /// <summary>Whether only relayed candidates of ours are used (the "relay" policy of W3C WebRTC).</summary>
    public bool RelayOnly { get; init; }

    /// <summary>
    /// Whether the agent is a lite one (RFC 8445 section 2.5): always controlled, it answers checks and sends none.
    /// </summary>
    public bool IsLite { get; init; }

    /// <summary>At most 16 ice-chars before the 8 random ones of the ufrag: shards then share no ufrag.</summary>
    public string UfragPrefix { get; init; } = "";

    /// <summary>How long a controlling agent with a valid pair waits for a better one to become valid: 50 ms.</summary>
    public TimeSpan NominationGrace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The time between first checks of pairs after an initial burst, Ta of RFC 8445: 50 ms.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long a controlled agent leaves the first check to its peer: 100 ms. Ours would often come before our
    /// candidate is known there, and what is then taken for a peer-reflexive one some agents nominate only after a
    /// second (pion). It costs nothing where the peer's check gets through, for that is answered with ours at once.
    /// </summary>
    public TimeSpan ControlledDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many first checks may go out at once before <see cref="Pace"/> holds: 10.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>From the remote credentials to giving up without a nominated pair: 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time before giving up with all candidates known and all pairs failed: 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which the state is <see cref="IceState.Disconnected"/>: 7 s.</summary>
    public TimeSpan DisconnectAfter { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Time without an answer after which consent is gone (RFC 7675 section 5.1): 30 s.</summary>
    public TimeSpan ConsentExpiry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many signalled remote candidates are taken: 50.</summary>
    public int MaxRemoteCandidates { get; init; } = 50;

    /// <summary>How many pairs there may be, with those learned from checks: 100 (RFC 8445 section 6.1.2.5).</summary>
    public int MaxPairs { get; init; } = 100;
}
