using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Sdp;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// ICE restart (RFC 8445 section 9, RFC 8839 section 4.4.1.1.1): an agent beside the old one, whose pair carries the
/// audio and keeps its consent until the new agent has a pair.
/// </summary>
internal sealed partial class PeerConnection
{
    private IceAgent? _offeredIce; // in an offer of ours that has no answer yet
    private IceAgent? _restartedIce; // negotiated, looking for a pair; stays, when it finds none, for later descriptions
    private IceAgent? _failedIce; // told so
    private int _iceRestarts;

    /// <summary>The agent of the newest descriptions that both sides know.</summary>
    private IceAgent LatestIce => _restartedIce ?? _ice!;

    private bool IsRestarting => _restartedIce is { State: not IceState.Failed } || _offeredIce is not null;

    private AgentsOfPeer Agents => new(_ice, _restartedIce, _offeredIce);

    private IceAgent NewIce(IceRole role)
    {
        var agent = new IceAgent(
            new IceAgentOptions { Role = role, RelayOnly = IsRelayOnly, IsLite = _options.IceLite }, _factory.Entropy, this);
        foreach (var candidate in _localCandidates)
            agent.AddLocalCandidate(candidate);
        return agent;
    }

    private IceAgent AgentFor(in StunMessage message)
    {
        foreach (var agent in Agents)
        {
            if (agent is not null && agent.Concerns(message))
                return agent;
        }

        return _ice!;
    }

    /// <summary>The next offers describe a new agent. Roles persist (RFC 8445 section 6.1.1).</summary>
    private void OfferRestart()
    {
        if (_offeredIce is not null)
            return;
        _offeredIce = NewIce(LatestIce.Role);
        // Checks of the peer may come before its answer.
        Shard.Add(this, _offeredIce.LocalUfrag);
    }

    private void DropOfferedRestart()
    {
        if (_offeredIce is not null)
            Drop(_offeredIce);
        _offeredIce = null;
    }

    private void RequireRestart(NegotiatedSession answered)
    {
        if (_session is not null && answered.RemoteIceRestart != _offeredIce is not null)
            throw new SdpException(
                SdpError.AnswerMismatch,
                _offeredIce is not null
                    ? "the offer restarts ICE, so the answer needs a new a=ice-ufrag and a=ice-pwd"
                    : "the offer does not restart ICE, so the answer keeps its a=ice-ufrag and a=ice-pwd");
    }

    /// <summary>A candidate that names an ufrag which no description has told yet waits for that description.</summary>
    private bool IsOfComingRestart(string candidate) => _session is not null
        && IceCandidate.UfragOf(candidate) is { IsEmpty: false } ufrag
        && !ufrag.SequenceEqual(_session.RemoteIceUfrag);

    private void BeginRestart(IceAgent agent, NegotiatedSession session)
    {
        if (_restartedIce is not null)
            Drop(_restartedIce);
        _restartedIce = agent;
        if (agent != _offeredIce)
            Shard.Add(this, agent.LocalUfrag);
        agent.SetRemoteCredentials(session.RemoteIceUfrag, session.RemoteIcePassword, session.RemoteIceLite);
    }

    private void AfterRestart()
    {
        if (_restartedIce is { State: IceState.Connected } connected)
        {
            Drop(_ice!);
            _ice = connected;
            _restartedIce = null;
            _iceRestarts++;
            if (_srtp is not null)
                _connectBy = long.MaxValue;
            _logger.IceRestarted(Name, _ice.SelectedPath);
        }
        else if (_restartedIce is { State: IceState.Failed } failed && failed != _failedIce)
        {
            _failedIce = failed;
            _logger.IceRestartFailed(Name);
        }
    }

    /// <summary>The old pair is dead. The new agent, or the answer that starts it, may yet save the connection.</summary>
    private void AwaitRestart()
    {
        if (_connectBy == long.MaxValue)
            _connectBy = Shard.Now + ConnectPatience;
        if (State == PeerState.Connected)
            Enter(PeerState.Disconnected, PeerReasons.PathLost);
    }

    private void Drop(IceAgent agent)
    {
        agent.Close();
        Shard.Forget(this, agent.LocalUfrag);
    }

    /// <summary>The agents in the order of their age; for a loop that allocates nothing.</summary>
    private ref struct AgentsOfPeer(IceAgent? current, IceAgent? restarted, IceAgent? offered)
    {
        private int _index = -1;

        public readonly IceAgent? Current => _index switch { 0 => current, 1 => restarted, _ => offered };

        public readonly AgentsOfPeer GetEnumerator() => this;

        public bool MoveNext() => ++_index < 3;
    }
}
