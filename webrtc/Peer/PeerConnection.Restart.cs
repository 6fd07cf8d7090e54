using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Sdp;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// ICE restart (RFC 8445 section 9, RFC 8839 section 4.4.1.1.1): a generation beside the old one, whose pair carries the
/// audio and keeps its consent until the new agent has a pair.
/// </summary>
internal sealed partial class PeerConnection
{
    // The remote side may send to the old relayed addresses until it has seen that the new path is taken.
    private static readonly long FormerPatience = TimeSpan.FromSeconds(5).Ticks;

    private IceGeneration? _current; // carries the audio
    private IceGeneration? _offered; // in an offer of ours that has no answer yet
    private IceGeneration? _answering; // for the answer to an offer that restarts, while its candidates are gathered
    private IceGeneration? _restarted; // negotiated, looking for a pair; stays, when it finds none, for later descriptions
    private IceGeneration? _former; // replaced by a restart; keeps its relays for a moment
    private IceGeneration? _failed; // told so
    private long _formerUntil = long.MaxValue;
    private int _iceRestarts;

    /// <summary>The agent whose pair carries the audio; none before the first description.</summary>
    private IceAgent? Ice => _current?.Agent;

    /// <summary>That of the newest descriptions that both sides know.</summary>
    private IceGeneration Latest => _restarted ?? _current!;

    private bool IsRestarting => _restarted is { Agent.State: not IceState.Failed } || _offered is not null;

    private IceGenerations Generations => new(_current, _restarted, _offered, _answering, _former);

    private IceGeneration NewGeneration(IceRole role) => new(this, new IceAgent(
        new IceAgentOptions { Role = role, RelayOnly = IsRelayOnly, IsLite = _options.IceLite }, Entropy, this),
        isRestart: _current is not null);

    private IceAgent AgentFor(in StunMessage message)
    {
        foreach (var generation in Generations)
        {
            if (generation is not null && generation.Agent.Concerns(message))
                return generation.Agent;
        }

        return Ice!;
    }

    /// <summary>The next offers describe a new generation. Roles persist (RFC 8445 section 6.1.1).</summary>
    private void OfferRestart()
    {
        if (_session is null || _offered is not null)
            return;
        _offered = NewGeneration(Latest.Agent.Role);
        // Checks of the peer may come before its answer.
        Shard.Add(this, _offered.Agent.LocalUfrag);
        _offered.Gather();
    }

    private void DropOfferedRestart()
    {
        if (_offered is { } offered)
        {
            _offered = null;
            Drop(offered);
        }
    }

    /// <summary>Begins to gather for the answer, if the offer restarts ICE.</summary>
    private void PrepareRestart(string sdp)
    {
        if (_session is null || _answering is not null || !OfferAnswer.Restarts(SessionDescription.Parse(sdp), _session))
            return;
        _answering = NewGeneration(Latest.Agent.Role);
        _answering.Gather();
    }

    /// <summary>What was prepared for the answer, or where nothing was to be waited for, a new one.</summary>
    private IceGeneration TakePrepared()
    {
        if (_answering is { } prepared)
        {
            _answering = null;
            return prepared;
        }

        var generation = NewGeneration(Latest.Agent.Role);
        generation.Gather();
        return generation;
    }

    private void DropPrepared()
    {
        var prepared = _answering;
        _answering = null;
        prepared?.Close();
    }

    private void RequireRestart(NegotiatedSession answered)
    {
        if (_session is not null && answered.RemoteIceRestart != _offered is not null)
            throw new SdpException(
                SdpError.AnswerMismatch,
                _offered is not null
                    ? "the offer restarts ICE, so the answer needs a new a=ice-ufrag and a=ice-pwd"
                    : "the offer does not restart ICE, so the answer keeps its a=ice-ufrag and a=ice-pwd");
    }

    /// <summary>A candidate that names an ufrag which no description has told yet waits for that description.</summary>
    private bool IsOfComingRestart(string candidate) => _session is not null
        && IceCandidate.UfragOf(candidate) is { IsEmpty: false } ufrag
        && !ufrag.SequenceEqual(_session.RemoteIceUfrag);

    private void BeginRestart(IceGeneration restarted, NegotiatedSession session)
    {
        var before = _restarted;
        _restarted = restarted;
        if (before is not null)
            Drop(before);
        if (restarted != _offered)
            Shard.Add(this, restarted.Agent.LocalUfrag);
        restarted.Agent.SetRemoteCredentials(
            session.RemoteIceUfrag, session.RemoteIcePassword, session.RemoteIceLite);
    }

    private void AfterRestart()
    {
        if (_restarted is { Agent.State: IceState.Connected } connected)
        {
            DropFormer();
            (_former, _current, _restarted) = (_current, connected, null);
            _pathMayDiffer = true;
            _former!.Agent.Close();
            Shard.Forget(this, _former.Agent.LocalUfrag);
            _formerUntil = Shard.Now + FormerPatience;
            if (_former.Relays.Count == 0)
                DropFormer();
            _iceRestarts++;
            if (_srtp is not null)
                _connectBy = long.MaxValue;
            _logger.IceRestarted(Name, connected.Agent.SelectedPath);
        }
        else if (_restarted is { Agent.State: IceState.Failed } failed && failed != _failed)
        {
            _failed = failed;
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

    private void Drop(IceGeneration generation)
    {
        generation.Close();
        Shard.Forget(this, generation.Agent.LocalUfrag);
    }

    private void DropFormer()
    {
        var former = _former;
        _former = null;
        _formerUntil = long.MaxValue;
        former?.Close();
    }

    /// <summary>The end of all generations.</summary>
    private void CloseIce()
    {
        foreach (var generation in Generations)
            generation?.Close();
        _formerUntil = long.MaxValue;
    }

    /// <summary>The generations, or gaps where there is none; for a loop that allocates nothing.</summary>
    private ref struct IceGenerations(
        IceGeneration? current, IceGeneration? restarted, IceGeneration? offered, IceGeneration? answering,
        IceGeneration? former)
    {
        private int _index = -1;

        public readonly IceGeneration? Current => _index switch
        {
            0 => current,
            1 => restarted,
            2 => offered,
            3 => answering,
            _ => former,
        };

        public readonly IceGenerations GetEnumerator() => this;

        public bool MoveNext() => ++_index < 5;
    }
}
