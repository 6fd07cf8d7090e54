namespace GoTo.WebRtc.Ice;

/// <content>What happens by the passing of time: pacing, retransmission, consent (RFC 7675), giving up.</content>
internal sealed partial class IceAgent
{
    private long _startedAt = long.MaxValue;
    private long _paceAt;
    private long _lastHeard;
    private long _nextConsentAt;
    private long _consentExpiresAt;

    /// <summary>Does what is due: checks, retransmissions, nomination, consent, time-outs.</summary>
    public void Tick(long now)
    {
        if (_remoteKey is not null && !IsOver)
        {
            _startedAt = Math.Min(_startedAt, now);
            Retransmit(now);
            SendTriggeredChecks(now);
            if (State == IceState.Checking)
            {
                SendFirstChecks(now);
                Nominate(now);
                if (_options.IsLite && _nominatedByPeer is not null) Select(_nominatedByPeer, now);
                GiveUp(now);
            }
            else
            {
                KeepConsent(now);
            }
        }

        UpdateDeadline();
    }

    private void Retransmit(long now)
    {
        foreach (var pair in _pairs)
        {
            if (!pair.HasRetransmission || now < pair.RetransmitAt) continue;
            var hasAlternative = pair.Purpose == CheckPurpose.Nomination && HasOtherValidPair(pair);
            if (pair.Tries >= (hasAlternative ? MaxNominationTries : MaxTries)) Fail(pair);
            else Transmit(pair, now);
        }
    }

    private bool HasOtherValidPair(CandidatePair pair)
    {
        foreach (var other in _pairs)
        {
            if (other != pair && other.State == CandidatePairState.Succeeded) return true;
        }

        return false;
    }

    private void SendTriggeredChecks(long now)
    {
        foreach (var pair in _pairs)
        {
            if (pair.IsTriggered) StartCheck(pair, CheckPurpose.Connectivity, now);
        }
    }

    private void SendFirstChecks(long now)
    {
        while (now >= NextPacedCheck && BestWaitingPair() is { } pair)
        {
            _paceAt = Math.Max(_paceAt, now) + _options.Pace.Ticks;
            StartCheck(pair, CheckPurpose.Connectivity, now);
        }
    }

    // A bucket of Burst checks that gains one every Pace.
    private long NextPacedCheck => Math.Max(
        _paceAt - (_options.Burst - 1) * _options.Pace.Ticks,
        Role == IceRole.Controlled ? _startedAt + _options.ControlledDelay.Ticks : 0);

    private CandidatePair? BestWaitingPair()
    {
        CandidatePair? best = null;
        foreach (var pair in _pairs)
        {
            if (pair.State == CandidatePairState.Waiting
                && (best is null || pair.PriorityFor(Role) > best.PriorityFor(Role))) best = pair;
        }

        return best;
    }

    private void GiveUp(long now)
    {
        if (State == IceState.Checking && now >= GiveUpTime()) Become(IceState.Failed);
    }

    private long GiveUpTime()
    {
        // Without any pair the peer's checks may still reveal one: its candidates may all have been mDNS names.
        var isExhausted = _allCandidatesKnown && _pairs.Count > 0
            && _pairs.TrueForAll(pair => pair.State == CandidatePairState.Failed);
        return _startedAt + (isExhausted ? _options.Patience : _options.ConnectTimeout).Ticks;
    }

    private void KeepConsent(long now)
    {
        if (now >= _consentExpiresAt)
        {
            Become(IceState.Failed);
            return;
        }

        if (now >= _nextConsentAt && _selected is not null && !_options.IsLite)
        {
            _nextConsentAt = NextConsentAfter(now);
            var isUnanswered = _selected.Purpose == CheckPurpose.Consent;
            StartCheck(_selected, CheckPurpose.Consent, now);
            if (isUnanswered) NominateAnother(now);
        }

        if (State == IceState.Connected && now >= _lastHeard + _options.DisconnectAfter.Ticks)
            Become(IceState.Disconnected);
    }

    /// <summary>
    /// The selected pair may be dead, though a last check may yet bring it back: nominates the best other valid pair,
    /// which takes its place if it answers. That is the controlling agent's to do; the other follows.
    /// </summary>
    private void NominateAnother(long now)
    {
        if (Role != IceRole.Controlling) return;
        CandidatePair? best = null;
        foreach (var pair in _pairs)
        {
            if (pair.Purpose == CheckPurpose.Nomination) return;
            if (pair != _selected && pair.State == CandidatePairState.Succeeded
                && (best is null || pair.PriorityFor(Role) > best.PriorityFor(Role))) best = pair;
        }

        if (best is not null) StartCheck(best, CheckPurpose.Nomination, now);
    }

    /// <summary>In 5 s, made random between 0.8 and 1.2 of it (RFC 7675 section 5.1), on a beat.</summary>
    private long NextConsentAfter(long now)
    {
        const long least = 4 * TimeSpan.TicksPerSecond + Beat.Interval; // a beat may come that much earlier
        const long most = 6 * TimeSpan.TicksPerSecond;
        return Beat.UpTo(now + least + _entropy.Next((int)(most - least) + 1));
    }

    private void UpdateDeadline()
    {
        NextDeadline = IsOver || _remoteKey is null ? long.MaxValue
            : _startedAt == long.MaxValue ? 0
            : Math.Max(0, State == IceState.Checking ? CheckingDeadline() : ConnectedDeadline());
    }

    private long CheckingDeadline()
    {
        var deadline = Math.Min(GiveUpTime(), PairsDeadline());
        if (NominationCandidate() is { } best) deadline = Math.Min(deadline, NominationTime(best));
        if (BestWaitingPair() is not null) deadline = Math.Min(deadline, NextPacedCheck);
        return deadline;
    }

    private long ConnectedDeadline()
    {
        var deadline = Math.Min(PairsDeadline(), _consentExpiresAt);
        if (!_options.IsLite) deadline = Math.Min(deadline, _nextConsentAt);
        return State == IceState.Connected
            ? Math.Min(deadline, _lastHeard + _options.DisconnectAfter.Ticks) : deadline;
    }

    private long PairsDeadline()
    {
        var deadline = long.MaxValue;
        foreach (var pair in _pairs)
        {
            if (pair.IsTriggered) return 0;
            if (pair.HasRetransmission) deadline = Math.Min(deadline, pair.RetransmitAt);
        }

        return deadline;
    }
}
