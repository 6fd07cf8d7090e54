using System.Text;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Ice;

/// <summary>
/// A full ICE agent, or a lite one (RFC 8445 section 2.5), for one stream with one component: trickle (RFC 8838), consent (RFC 7675), the shard's
/// one socket as the base of all its local candidates but relayed ones. It has no socket, clock or thread: datagrams and time (monotonic
/// <see cref="TimeSpan"/> ticks) come in, datagrams and events leave by an <see cref="IIceSink"/>.
/// </summary>
/// <remarks>
/// A method without a time leaves the work to the next <see cref="Tick"/> and makes it due at once: look at
/// <see cref="NextDeadline"/> after every call. An ICE restart is a new agent beside the old one.
/// </remarks>
internal sealed partial class IceAgent
{
    private readonly IceAgentOptions _options;
    private readonly Entropy _entropy;
    private readonly IIceSink _sink;
    private readonly byte[] _localUfrag;
    private readonly StunKey _localKey;
    private readonly ulong _tieBreaker;
    private readonly List<IceCandidate> _localCandidates = [];
    private readonly List<IceCandidate> _remoteCandidates = []; // those that were signalled
    private readonly List<CandidatePair> _pairs = [];
    private byte[] _username = [];
    private byte[] _peerUsername = [];
    private StunKey? _remoteKey;
    private bool _allCandidatesKnown;
    private CandidatePair? _selected;

    /// <summary>An agent with fresh credentials and tie-breaker.</summary>
    public IceAgent(IceAgentOptions options, Entropy entropy, IIceSink sink)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.UfragPrefix.Length, 16, nameof(options));
        (_options, _entropy, _sink) = (options, entropy, sink);
        Role = options.IsLite ? IceRole.Controlled : options.Role;
        LocalUfrag = options.UfragPrefix + entropy.NextIceChars(8);
        LocalPassword = entropy.NextIceChars(24);
        _localUfrag = Encoding.ASCII.GetBytes(LocalUfrag);
        _localKey = new StunKey(Encoding.ASCII.GetBytes(LocalPassword));
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
    public TransportAddress Selected => SelectedPath.Remote;

    /// <summary>Where media goes and by which way, or none.</summary>
    public IcePath SelectedPath => _selected?.Path ?? default;

    /// <summary>The candidate behind <see cref="Selected"/>.</summary>
    public IceCandidate? SelectedCandidate => _selected?.Remote;

    /// <summary>
    /// Our address as the peer last saw it, if it is none of the local candidates: a local peer-reflexive candidate
    /// (RFC 8445 section 7.2.5.3.1). Its base is the shard's socket, so nothing else follows from it.
    /// </summary>
    public TransportAddress LocalReflexiveAddress { get; private set; }

    /// <summary>
    /// The round trip of the last check on the selected pair that was answered at the first try, in ticks; 0 before.
    /// </summary>
    public long RoundTripTime { get; private set; }

    /// <summary>When the peer was last heard: its checks, its answers, its media.</summary>
    public long LastHeard => _lastHeard;

    /// <summary>STUN messages for this agent that were not authentic.</summary>
    public int RejectedMessages { get; private set; }

    /// <summary>When <see cref="Tick"/> must be called next; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    private bool IsOver => State is IceState.Failed or IceState.Closed;

    /// <summary>
    /// Adds an address of ours. Host candidates come before the remote ones; a relayed one may come at any time. A
    /// server-reflexive one makes no pairs, since its base is the shard's socket (RFC 8445 section 6.1.2.4).
    /// </summary>
    public void AddLocalCandidate(IceCandidate candidate)
    {
        _localCandidates.Add(candidate);
        if (candidate.Type != IceCandidateType.Relayed || IsOver) return;
        foreach (var remote in _remoteCandidates.ToArray()) TryPair(remote, candidate.Address);
        if (_remoteKey is not null) NextDeadline = 0;
    }

    /// <summary>
    /// A relayed address of ours is gone, and with it all of its pairs. If one of them carried the media, the agent is
    /// disconnected, until another takes its place.
    /// </summary>
    public void RemoveRelay(in TransportAddress relay, long now)
    {
        var address = relay;
        _localCandidates.RemoveAll(local => local.Type == IceCandidateType.Relayed && local.Address == address);
        foreach (var pair in _pairs)
        {
            if (pair.Path.Relay == address) Fail(pair);
        }

        if (State != IceState.Connected || SelectedPath.Relay != address) return;
        Become(IceState.Disconnected);
        NominateAnother(now);
        UpdateDeadline();
    }

    /// <summary>
    /// Takes a=ice-ufrag, a=ice-pwd and a=ice-lite of the remote description; checks begin with the next tick.
    /// </summary>
    /// <exception cref="ArgumentException">They are not as RFC 8839 section 5.4 says.</exception>
    /// <exception cref="InvalidOperationException">Others were set: an ICE restart needs a new agent.</exception>
    public void SetRemoteCredentials(string ufrag, string password, bool iceLite)
    {
        RequireCredential(ufrag, 4, nameof(ufrag));
        RequireCredential(password, 22, nameof(password));
        var username = Encoding.ASCII.GetBytes($"{ufrag}:{LocalUfrag}");
        var key = Encoding.ASCII.GetBytes(password);
        if (_remoteKey is not null)
        {
            if (username.AsSpan().SequenceEqual(_username) && _remoteKey.IsOf(key)) return;
            throw new InvalidOperationException("The remote credentials are set; an ICE restart needs a new agent.");
        }

        if (IsOver) return;
        (_username, _remoteKey) = (username, new StunKey(key));
        _peerUsername = Encoding.ASCII.GetBytes($"{LocalUfrag}:{ufrag}");
        if (iceLite) Role = IceRole.Controlling;
        Become(IceState.Checking);
        NextDeadline = 0;
    }

    /// <summary>
    /// Adds a remote candidate as text: "candidate:…"; "" or "end-of-candidates" for the end. No text makes it throw.
    /// </summary>
    public IceCandidateResult AddRemoteCandidate(string candidate)
    {
        if (candidate is "" or "end-of-candidates" or "a=end-of-candidates")
        {
            EndOfRemoteCandidates();
            return IceCandidateResult.Accepted;
        }

        var result = IceCandidate.TryParse(candidate, out var parsed);
        return parsed is null ? result : AddRemoteCandidate(parsed);
    }

    /// <summary>
    /// Adds a remote candidate, before or after the credentials. A peer-reflexive pair of its address keeps its state.
    /// </summary>
    public IceCandidateResult AddRemoteCandidate(IceCandidate candidate)
    {
        if (!candidate.Address.IsUnicast) return IceCandidateResult.Malformed;
        if (IsOver || _remoteCandidates.Count >= _options.MaxRemoteCandidates) return IceCandidateResult.Refused;
        if (_options.IsLite) return IceCandidateResult.Accepted; // the peer's checks tell all that is needed
        if (_remoteCandidates.Exists(remote => remote.Address == candidate.Address))
            return IceCandidateResult.Duplicate;
        var isPaired = UsesSocketFor(candidate.Address) && TryPair(candidate, default);
        foreach (var local in _localCandidates)
        {
            if (local.Type == IceCandidateType.Relayed) isPaired |= TryPair(candidate, local.Address);
        }

        // Where only relayed candidates are used there may be none yet.
        if (!isPaired && !_options.RelayOnly) return IceCandidateResult.Refused;
        _remoteCandidates.Add(candidate);
        if (_remoteKey is not null) NextDeadline = 0;
        return IceCandidateResult.Accepted;
    }

    /// <summary>No more remote candidates will come: the agent may fail before its time-out.</summary>
    public void EndOfRemoteCandidates()
    {
        _allCandidatesKnown = true;
        if (_remoteKey is not null && !IsOver) NextDeadline = 0;
    }

    /// <summary>Handles a received STUN datagram.</summary>
    /// <returns>
    /// True if it was authenticated as the peer's: its source address may be bound to this peer. False: ignore it.
    /// </returns>
    public bool Handle(ReadOnlySpan<byte> stun, in IcePath from, long now) =>
        StunMessage.TryParse(stun, out var message) && Handle(message, from, now);

    /// <summary>Handles a received STUN message that is parsed already.</summary>
    /// <inheritdoc cref="Handle(ReadOnlySpan{byte}, in IcePath, long)"/>
    public bool Handle(in StunMessage message, in IcePath from, long now)
    {
        if (IsOver || message.Method != StunProtocol.BindingMethod) return false;
        var accepted = message.Class switch
        {
            StunClass.Request => OnRequest(message, from, now),
            StunClass.Success or StunClass.Error => OnResponse(message, from, now),

            // A Binding indication keeps a NAT open and proves nothing.
            _ => false,
        };
        if (accepted) UpdateDeadline();
        return accepted;
    }

    /// <summary>Is the message for this agent and not for another of the same peer, as there is at an ICE restart.</summary>
    public bool Concerns(in StunMessage message) => message.Class switch
    {
        StunClass.Request => message.ReceiverUfrag.SequenceEqual(_localUfrag),
        StunClass.Success or StunClass.Error => OwnsTransaction(message.TransactionId),
        _ => false,
    };

    /// <summary>Is the transaction id that of a request of this agent that is not answered yet.</summary>
    public bool OwnsTransaction(ReadOnlySpan<byte> transactionId) => FindTransaction(transactionId) is not null;

    /// <summary>Authentic media or DTLS of the peer was received: a sign of life, but no consent (RFC 7675).</summary>
    public void OnTraffic(long now)
    {
        _lastHeard = now;
        // A pair whose relay is gone carries nothing, however alive the peer is: only another pair ends that.
        if (State == IceState.Disconnected && UsesBase(SelectedPath.Relay)) Become(IceState.Connected);
    }

    /// <summary>Ends the agent: nothing is sent or answered any more.</summary>
    public void Close()
    {
        Become(IceState.Closed);
        NextDeadline = long.MaxValue;
    }

    private void Become(IceState state)
    {
        if (State == state) return;
        State = state;
        _sink.OnIceStateChanged(state);
    }

    private CandidatePair? FindPair(in IcePath path)
    {
        foreach (var pair in _pairs)
        {
            if (pair.Path == path) return pair;
        }

        return null;
    }

    private bool UsesBase(in TransportAddress relay)
    {
        if (!relay.IsSpecified) return !_options.RelayOnly;
        foreach (var local in _localCandidates)
        {
            if (local.Type == IceCandidateType.Relayed && local.Address == relay) return true;
        }

        return false;
    }

    private bool UsesSocketFor(in TransportAddress remote)
    {
        if (_options.RelayOnly) return false;
        if (_localCandidates.Count == 0) return true;
        var isIPv4 = remote.IsIPv4;
        return _localCandidates.Exists(
            local => local.Type != IceCandidateType.Relayed && local.Address.IsIPv4 == isIPv4);
    }

    /// <summary>Makes a pair of it, or gives the pair that its checks made its description.</summary>
    private bool TryPair(IceCandidate remote, in TransportAddress relay)
    {
        if (relay.IsSpecified && relay.IsIPv4 != remote.Address.IsIPv4) return false;
        if (FindPair(new(remote.Address, relay)) is not { } known) return AddPair(remote, relay) is not null;
        known.Remote = remote;
        return true;
    }

    private CandidatePair? AddPair(IceCandidate remote, in TransportAddress relay)
    {
        if (_pairs.Count >= _options.MaxPairs)
        {
            var failed = _pairs.FindIndex(pair => pair.State == CandidatePairState.Failed);
            if (failed < 0) return null;
            _remoteCandidates.Remove(_pairs[failed].Remote);
            _pairs.RemoveAt(failed);
        }

        var pair = new CandidatePair(remote, relay, LocalPriorityFor(remote.Address, relay));
        _pairs.Add(pair);
        return pair;
    }

    private uint LocalPriorityFor(in TransportAddress remote, in TransportAddress relay)
    {
        var best = 0u;
        foreach (var candidate in _localCandidates)
        {
            var isBase = relay.IsSpecified
                ? candidate.Address == relay
                : candidate.Type != IceCandidateType.Relayed && candidate.Address.IsIPv4 == remote.IsIPv4;
            if (isBase) best = Math.Max(best, candidate.Priority);
        }

        return best > 0 ? best : IceCandidate.ComputePriority(IceCandidateType.Host, 0);
    }

    private static void RequireCredential(string value, int minLength, string name)
    {
        // RFC 8839 allows letters, digits, "+" and "/"; other visible characters do no harm but for the separator.
        if (value.Length < minLength || value.Length > 256 || value.AsSpan().ContainsAnyExceptInRange('!', '~')
            || value.Contains(':'))
        {
            throw new ArgumentException(
                $"An ICE {name} has {minLength} to 256 ice-chars (RFC 8839 section 5.4).", name);
        }
    }
}
