using System.Text;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Ice;

/// <summary>
/// A full ICE agent (RFC 8445) for one stream with one component: trickle (RFC 8838), consent (RFC 7675), the shard's one
/// socket as the base of all its local candidates. It has no socket, clock or thread: datagrams and time (monotonic
/// <see cref="TimeSpan"/> ticks) come in, datagrams and events leave by an <see cref="IIceSink"/>.
/// </summary>
/// <remarks>
/// After each call that takes no time the agent may be due at once: look at <see cref="NextDeadline"/> and call
/// <see cref="Tick"/>. An ICE restart is a new agent beside the old one.
/// </remarks>
internal sealed partial class IceAgent
{
    private readonly IceAgentOptions _options;
    private readonly Entropy _entropy;
    private readonly IIceSink _sink;
    private readonly byte[] _localKey;
    private readonly ulong _tieBreaker;
    private readonly List<IceCandidate> _localCandidates = [];
    private readonly List<IceCandidate> _remoteCandidates = [];
    private string? _remoteUfrag;

    /// <summary>An agent with fresh credentials and tie-breaker.</summary>
    public IceAgent(IceAgentOptions options, Entropy entropy, IIceSink sink)
    {
        (_options, _entropy, _sink) = (options, entropy, sink);
        Role = options.Role;
        LocalUfrag = options.UfragPrefix + entropy.NextIceChars(8);
        LocalPassword = entropy.NextIceChars(24);
        _localKey = Encoding.ASCII.GetBytes(LocalPassword);
        _tieBreaker = entropy.NextUInt64();
    }

    /// <summary>a=ice-ufrag of our description.</summary>
    public string LocalUfrag { get; }

    /// <summary>a=ice-pwd of our description.</summary>
    public string LocalPassword { get; }

    /// <summary>The role now; a conflict may change it.</summary>
    public IceRole Role { get; private set; }

    /// <summary>Where the agent is in its life.</summary>
    public IceState State { get; private set; }

    /// <summary>The remote address of the nominated pair, or none.</summary>
    public TransportAddress Selected { get; private set; }

    /// <summary>The round trip of the last answered check on the selected pair, in ticks; 0 before the first.</summary>
    public long RoundTripTime { get; private set; }

    /// <summary>When <see cref="Tick"/> must be called next, at the latest; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Adds an address of ours. At least one must be there before remote candidates of its family are added.</summary>
    public void AddLocalCandidate(IceCandidate candidate) => _localCandidates.Add(candidate);

    /// <summary>Takes a=ice-ufrag, a=ice-pwd and a=ice-lite of the remote description; checks begin.</summary>
    /// <exception cref="ArgumentException">The lengths are not those of RFC 8839 section 5.4.</exception>
    /// <exception cref="InvalidOperationException">Others were set before: an ICE restart needs a new agent.</exception>
    public void SetRemoteCredentials(string ufrag, string password, bool iceLite)
    {
        _remoteUfrag = ufrag;
        if (iceLite) Role = IceRole.Controlling;
        State = IceState.Checking;
    }

    /// <summary>Adds a remote candidate as text ("candidate:…", "" for the end of candidates). Never throws.</summary>
    public IceCandidateResult AddRemoteCandidate(string candidate)
    {
        if (candidate.Length > 0) return IceCandidate.TryParse(candidate, out _);
        EndOfRemoteCandidates();
        return IceCandidateResult.Accepted;
    }

    /// <summary>Adds a remote candidate, before or after the credentials. A peer-reflexive pair of its address keeps its state.</summary>
    public IceCandidateResult AddRemoteCandidate(IceCandidate candidate)
    {
        if (!candidate.Address.IsUnicast) return IceCandidateResult.Malformed;
        _remoteCandidates.Add(candidate);
        return IceCandidateResult.Accepted;
    }

    /// <summary>No more remote candidates will come: the agent may fail before its time-out.</summary>
    public void EndOfRemoteCandidates() => NextDeadline = 0;

    /// <summary>Handles a received STUN datagram.</summary>
    /// <returns>
    /// True if it was authenticated as the peer's: its source address may be bound to this peer. False: ignore the sender.
    /// </returns>
    public bool Handle(ReadOnlySpan<byte> stun, in TransportAddress from, long now) =>
        StunMessage.TryParse(stun, out var message) && Handle(message, from, now);

    /// <summary>Handles a received STUN message that is parsed already.</summary>
    /// <inheritdoc cref="Handle(ReadOnlySpan{byte}, in TransportAddress, long)"/>
    public bool Handle(in StunMessage message, in TransportAddress from, long now) =>
        message.CheckIntegrity(_localKey) && now >= 0 && from.IsUnicast;

    /// <summary>Does what is due: checks, retransmissions, nomination, consent, time-outs.</summary>
    public void Tick(long now) => NextDeadline = long.MaxValue;

    /// <summary>Is the transaction id that of a request of this agent that is not answered yet.</summary>
    public bool OwnsTransaction(ReadOnlySpan<byte> transactionId) => transactionId.IsEmpty && _remoteUfrag is null;

    /// <summary>Ends the agent: nothing is sent or answered any more.</summary>
    public void Close() => State = IceState.Closed;
}
