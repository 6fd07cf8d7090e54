using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Ice;

/// <content>The client side: our checks, their answers, and nomination (RFC 8445 sections 7.2 and 8).</content>
internal sealed partial class IceAgent
{
    // USERNAME 516, PRIORITY 8, role 12, USE-CANDIDATE 4, integrity 24, fingerprint 8, header 20, and some room.
    private const int MaxMessageLength = 640;
    private const int MaxTries = 10;

    // With another valid pair at hand a nomination is given up after these tries, 3.1 s.
    private const int MaxNominationTries = 5;
    private const int MaxRoleConflicts = 8;
    private const long NotSent = -1;
    private const long FirstTimeout = 100 * TimeSpan.TicksPerMillisecond;
    private const long MinRepeat = 20 * TimeSpan.TicksPerMillisecond;

    private int _roleConflicts;
    private long _firstValidAt = long.MaxValue;

    /// <summary>Sends a check now because the peer's own check has arrived (RFC 8445 section 7.3.1.4).</summary>
    private void TriggerCheck(CandidatePair pair, long now)
    {
        if (_remoteKey is null)
        {
            pair.IsTriggered = true;
        }
        else if (pair.Purpose != CheckPurpose.Connectivity)
        {
            StartCheck(pair, CheckPurpose.Connectivity, now);
        }
        else
        {
            // One is on its way, perhaps dropped by a NAT that the peer's check has opened since: repeat it, but a peer
            // that floods us with checks must not make us flood it.
            pair.Tries = 0;
            if (now - pair.SentAt >= MinRepeat) Transmit(pair, now);
            else pair.RetransmitAt = Math.Min(pair.RetransmitAt, pair.SentAt + MinRepeat);
        }
    }

    private void StartCheck(CandidatePair pair, CheckPurpose purpose, long now)
    {
        pair.TransactionId = StunTransactionId.New(_entropy);
        pair.Purpose = purpose;
        pair.Tries = 0;
        pair.SentAt = NotSent;
        pair.IsRetransmitted = false;
        pair.IsTriggered = false;
        if (purpose == CheckPurpose.Connectivity) pair.State = CandidatePairState.InProgress;
        Transmit(pair, now);
    }

    private void Transmit(CandidatePair pair, long now)
    {
        pair.IsRetransmitted = pair.SentAt != NotSent;
        pair.SentAt = now;
        pair.RetransmitAt = now + (FirstTimeout << Math.Min(pair.Tries, 4));
        pair.Tries++;

        Span<byte> transactionId = stackalloc byte[StunProtocol.TransactionIdLength];
        pair.TransactionId.Write(transactionId);
        Span<byte> buffer = stackalloc byte[MaxMessageLength];
        var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, transactionId);
        writer.Write(StunAttribute.Username, _username);

        // The priority that a peer-reflexive candidate of ours would have (RFC 8445 section 7.1.1).
        var peerReflexive = IceCandidate.ComputePriority(IceCandidateType.PeerReflexive, 0) & 0xFF000000;
        writer.Write(StunAttribute.Priority, peerReflexive | (pair.LocalPriority & 0x00FFFFFF));
        var isControlling = Role == IceRole.Controlling;
        writer.Write(isControlling ? StunAttribute.IceControlling : StunAttribute.IceControlled, _tieBreaker);
        if (isControlling && pair.Purpose is CheckPurpose.Nomination or CheckPurpose.Consent)
            writer.Write(StunAttribute.UseCandidate, []);
        _sink.SendStun(buffer[..writer.Finish(_remoteKey!)], pair.Path);
    }

    private CandidatePair? FindTransaction(ReadOnlySpan<byte> transactionId)
    {
        if (IsOver || transactionId.Length != StunProtocol.TransactionIdLength) return null;
        var id = StunTransactionId.Read(transactionId);
        foreach (var pair in _pairs)
        {
            if (pair.Purpose != CheckPurpose.None && pair.TransactionId == id) return pair;
        }

        return null;
    }

    private bool OnResponse(in StunMessage message, in IcePath from, long now)
    {
        var pair = FindTransaction(message.TransactionId);
        if (pair is null) return false;
        if (!IsAuthentic(message, _remoteKey!) || message.UnknownRequiredCount > 0)
        {
            RejectedMessages++;
            return false;
        }

        if (message.Class == StunClass.Error) OnErrorResponse(pair, message.ErrorCode, now);
        else if (from == pair.Path) OnSuccessResponse(pair, message, now);
        else if (pair.HasRetransmission) Fail(pair);
        if (State == IceState.Checking) Nominate(now);
        return from == pair.Path;
    }

    private void OnSuccessResponse(CandidatePair pair, in StunMessage message, long now)
    {
        var purpose = pair.Purpose;
        pair.Purpose = CheckPurpose.None;
        pair.State = CandidatePairState.Succeeded;
        _firstValidAt = Math.Min(_firstValidAt, now);
        LearnLocalReflexive(message);

        if (purpose == CheckPurpose.Nomination || pair == _nominatedByPeer) Select(pair, now);
        if (pair == _selected)
        {
            _consentExpiresAt = now + _options.ConsentExpiry.Ticks;
            if (!pair.IsRetransmitted) RoundTripTime = now - pair.SentAt;
        }

        OnTraffic(now);
    }

    private void OnErrorResponse(CandidatePair pair, int error, long now)
    {
        if (error == StunError.RoleConflict && ++_roleConflicts <= MaxRoleConflicts)
        {
            // The switch drops the other requests of the old role, so that two answers do not switch twice.
            var purpose = pair.Purpose;
            SwitchRole();
            if (purpose == CheckPurpose.Connectivity) StartCheck(pair, purpose, now);
        }
        else if (pair.HasRetransmission)
        {
            Fail(pair);
        }
    }

    private static void Fail(CandidatePair pair)
    {
        pair.Purpose = CheckPurpose.None;
        pair.State = CandidatePairState.Failed;
    }

    private void LearnLocalReflexive(in StunMessage message)
    {
        if (!message.TryGetXorMappedAddress(out var mapped)) return;
        foreach (var candidate in _localCandidates)
        {
            if (candidate.Address == mapped) return;
        }

        LocalReflexiveAddress = mapped;
    }

    /// <summary>
    /// Regular nomination by the controlling agent: at once if no better pair may still become valid, else after a
    /// short grace. A relayed pair always waits: a direct one is often signalled a moment later.
    /// </summary>
    private void Nominate(long now)
    {
        if (NominationCandidate() is not { } best) return;
        if (now >= NominationTime(best)) StartCheck(best, CheckPurpose.Nomination, now);
    }

    private CandidatePair? NominationCandidate()
    {
        if (Role != IceRole.Controlling || State != IceState.Checking) return null;
        CandidatePair? best = null;
        foreach (var pair in _pairs)
        {
            if (pair.Purpose == CheckPurpose.Nomination) return null;
            if (pair.State == CandidatePairState.Succeeded
                && (best is null || pair.PriorityFor(Role) > best.PriorityFor(Role))) best = pair;
        }

        return best;
    }

    private long NominationTime(CandidatePair best)
    {
        var mustWait = best.IsRelayed && !_options.RelayOnly;
        foreach (var pair in _pairs)
        {
            mustWait |= pair.State is CandidatePairState.Waiting or CandidatePairState.InProgress
                && pair.PriorityFor(Role) > best.PriorityFor(Role);
        }

        return mustWait ? _firstValidAt + _options.NominationGrace.Ticks : 0;
    }

    private void Select(CandidatePair pair, long now)
    {
        if (_selected != pair)
        {
            _selected = pair;
            _consentExpiresAt = now + _options.ConsentExpiry.Ticks;
            _nextConsentAt = NextConsentAfter(now);
            _sink.OnSelected(pair.Path);
        }

        _lastHeard = now;
        Become(IceState.Connected);
    }
}
