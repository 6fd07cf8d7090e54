using System.Buffers.Binary;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Ice;

/// <content>The server side: checks of the peer (RFC 8445 section 7.3).</content>
internal sealed partial class IceAgent
{
    private CandidatePair? _nominatedByPeer;

    private bool OnRequest(in StunMessage message, in IcePath from, long now)
    {
        // No answer to who does not know our password: it would make us a reflector, and browsers ignore it anyway.
        if (!message.ReceiverUfrag.SequenceEqual(_localUfrag) || !IsAuthentic(message, _localKey) || !from.Remote.IsUnicast
            || !UsesBase(from.Relay) || IsOfAnotherGeneration(message))
        {
            RejectedMessages++;
            return false;
        }

        if (message.UnknownRequiredCount > 0)
        {
            RespondUnknownAttributes(message, from);
            return true;
        }

        if (IsRoleConflict(message))
        {
            RespondRoleConflict(message, from);
            return true;
        }

        RespondSuccess(message, from);
        OnTraffic(now);
        var pair = FindPair(from) ?? LearnPair(message, from);
        if (pair is null) return true;
        if (_options.IsLite)
        {
            AnswerAsLite(pair, message, now);
            return true;
        }

        if (message.UseCandidate && Role == IceRole.Controlled) OnNominatedByPeer(pair, message, now);
        if (pair.State != CandidatePairState.Succeeded) TriggerCheck(pair, now);
        else if (pair.Purpose == CheckPurpose.Nomination) pair.Tries = 0; // the peer is there: do not give up
        else if (IsToBePrompted(pair)) Prompt(pair, now);
        return true;
    }

    /// <summary>
    /// A lite agent takes the peer's checks for its own: one that nominates selects the pair (RFC 8445 section 7.3.2),
    /// and each on the selected pair is the peer's consent.
    /// </summary>
    private void AnswerAsLite(CandidatePair pair, in StunMessage message, long now)
    {
        pair.State = CandidatePairState.Succeeded;
        if (pair == _selected) _consentExpiresAt = now + _options.ConsentExpiry.Ticks;
        if (message.UseCandidate) OnNominatedByPeer(pair, message, now);
    }

    /// <summary>
    /// Chromium, after an ICE restart, checks our new ufrag from its old ports, too, and would nominate such a path; it
    /// refuses our checks there, for they bear its new ufrag. Unanswered, it uses its new ports.
    /// </summary>
    private bool IsOfAnotherGeneration(in StunMessage request) =>
        _remoteKey is not null && !request.Username.SequenceEqual(_peerUsername);

    /// <summary>
    /// Our check was done before the peer's came. Some controlling agents nominate only when a check arrives on a pair
    /// that they know to work, or else at their next tick, up to 200 ms later; this one check is for them. Once a pair:
    /// the answer to it must not call for another.
    /// </summary>
    private bool IsToBePrompted(CandidatePair pair) => State == IceState.Checking && Role == IceRole.Controlled
        && pair.Purpose == CheckPurpose.None && !pair.WasPrompted;

    private void Prompt(CandidatePair pair, long now)
    {
        pair.WasPrompted = true;
        StartCheck(pair, CheckPurpose.Consent, now);
    }

    /// <summary>Settles a conflict of roles by the tie-breakers (RFC 8445 section 7.3.1.1).</summary>
    /// <returns>True if the peer has to give way: it is told so by a 487.</returns>
    private bool IsRoleConflict(in StunMessage message)
    {
        if (Role == IceRole.Controlling && message.IceControlling is { } controlling)
        {
            if (_tieBreaker >= controlling) return true;
            SwitchRole();
        }
        else if (Role == IceRole.Controlled && message.IceControlled is { } controlled)
        {
            if (_options.IsLite || _tieBreaker < controlled) return true;
            SwitchRole();
        }

        return false;
    }

    private void SwitchRole()
    {
        Role = Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling;
        _nominatedByPeer = null;

        // What is on its way claims the old role and would be refused: begin anew.
        foreach (var pair in _pairs)
        {
            if (pair.Purpose == CheckPurpose.Connectivity)
            {
                pair.State = CandidatePairState.Waiting;
                pair.IsTriggered = true;
            }

            pair.Purpose = CheckPurpose.None;
        }
    }

    private CandidatePair? LearnPair(in StunMessage message, in IcePath from)
    {
        var priority = message.Priority ?? IceCandidate.ComputePriority(IceCandidateType.PeerReflexive, 0);
        return AddPair(new("prflx", priority, from.Remote, IceCandidateType.PeerReflexive), from.Relay);
    }

    private void OnNominatedByPeer(CandidatePair pair, in StunMessage message, long now)
    {
        var transactionId = StunTransactionId.Read(message.TransactionId);
        if (pair.LastNomination == transactionId) return;
        pair.LastNomination = transactionId;

        // Every nomination counts, also after the first: browsers switch pairs while DTLS is under way.
        _nominatedByPeer = pair;
        if (pair.State == CandidatePairState.Succeeded && _remoteKey is not null) Select(pair, now);
    }

    private void RespondSuccess(in StunMessage request, in IcePath to)
    {
        Span<byte> buffer = stackalloc byte[MaxMessageLength];
        var writer = new StunWriter(buffer, StunClass.Success, StunProtocol.BindingMethod, request.TransactionId);
        writer.WriteXorMappedAddress(to.Remote);
        _sink.SendStun(buffer[..writer.Finish(_localKey)], to);
    }

    private void RespondRoleConflict(in StunMessage request, in IcePath to)
    {
        // Authenticated like any answer: browsers ignore a 487 without MESSAGE-INTEGRITY.
        Span<byte> buffer = stackalloc byte[MaxMessageLength];
        var writer = new StunWriter(buffer, StunClass.Error, StunProtocol.BindingMethod, request.TransactionId);
        writer.WriteErrorCode(StunError.RoleConflict, "Role Conflict"u8);
        _sink.SendStun(buffer[..writer.Finish(_localKey)], to);
    }

    private void RespondUnknownAttributes(in StunMessage request, in IcePath to)
    {
        Span<ushort> unknown = stackalloc ushort[16];
        var count = request.CopyUnknownRequired(unknown);
        Span<byte> value = stackalloc byte[count * sizeof(ushort)];
        for (var i = 0; i < count; i++) BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], unknown[i]);

        Span<byte> buffer = stackalloc byte[MaxMessageLength];
        var writer = new StunWriter(buffer, StunClass.Error, StunProtocol.BindingMethod, request.TransactionId);
        writer.WriteErrorCode(StunError.UnknownAttribute, "Unknown Attribute"u8);
        writer.Write(StunAttribute.UnknownAttributes, value);
        _sink.SendStun(buffer[..writer.Finish(_localKey)], to);
    }

    private static bool IsAuthentic(in StunMessage message, StunKey key) =>
        (!message.HasFingerprint || message.CheckFingerprint()) && message.CheckIntegrity(key);
}
