namespace GoTo.Api;

/// <summary>
/// Call control over GoTo's Web Calls API (specification sections 4.2, 5 and 14.2) for one account. Methods that name
/// a call raise <see cref="GoToNotFoundException"/> when there is no such call, or no longer, and
/// <see cref="GoToConflictException"/> when its state does not allow what is asked. Every method may also raise
/// <see cref="GoToAuthenticationException"/>, <see cref="GoToPermissionException"/>,
/// <see cref="GoToRateLimitedException"/>, <see cref="GoToUnavailableException"/>,
/// <see cref="GoToRequestException"/> and <see cref="GoToProtocolException"/>, and whatever the token source raises.
/// </summary>
public sealed class WebCallsClient
{
    private readonly ApiSession _session;
    private readonly GoToAccountOptions _account;
    private readonly Dialect _dialect;
    private readonly TimeProvider _time;

    internal WebCallsClient(ApiSession session, TimeProvider time)
    {
        _session = session;
        _account = session.Account;
        _dialect = session.Dialect;
        _time = time;
    }

    /// <summary>Who makes the SDP offer of a call that <see cref="Dial"/> places.</summary>
    public SdpOfferer OutboundOfferer => _dialect.OutboundOfferer;

    /// <summary>
    /// Places a call. It is never placed twice: once the request may have arrived it is not repeated, and
    /// <see cref="GoToUnavailableException.OutcomeUnknown"/> says that the call may exist all the same; watch for
    /// events of its line and number before dialling again. Our SDP answer to <see cref="CallSnapshot.SdpOffer"/> goes
    /// back with <see cref="Answer"/>; the call is connected when the far end answers too (decision C2).
    /// </summary>
    /// <returns>The new call, dialing as a rule, with GoTo's SDP offer.</returns>
    /// <exception cref="GoToRequestException">GoTo does not take the dial string or the caller id.</exception>
    /// <exception cref="GoToNotFoundException">There is no such line or extension.</exception>
    /// <exception cref="GoToProtocolException">The reply names no call, though there may be one.</exception>
    public async Task<CallSnapshot> Dial(OutboundCall call, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentException.ThrowIfNullOrWhiteSpace(call.LineId);
        ArgumentException.ThrowIfNullOrWhiteSpace(call.IdempotencyKey);
        var reply = await _session.Send(
            _dialect.Dial(_account, call), BudgetCategory.CallControl, RequestPriority.Transfer, cancellation);
        return _dialect.ReadDialled(reply);
    }

    /// <summary>
    /// Answers a call with our SDP answer. Not repeated once it may have been carried out: on
    /// <see cref="GoToUnavailableException.OutcomeUnknown"/> look at the call with <see cref="Get"/> first.
    /// </summary>
    /// <exception cref="GoToConflictException">The call is answered already or has ended.</exception>
    /// <exception cref="GoToNotFoundException">There is no such call.</exception>
    public Task<CallSnapshot> Answer(string callId, string sdpAnswer, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(sdpAnswer);
        return Send(callId, _dialect.Answer(_account, callId, sdpAnswer), RequestPriority.Urgent, cancellation);
    }

    /// <summary>
    /// Ends a call. Repeating it is harmless: a call that is over is reported as a conflict or not found.
    /// </summary>
    /// <exception cref="GoToConflictException">The call has ended already.</exception>
    /// <exception cref="GoToNotFoundException">There is no such call, or no longer.</exception>
    public Task<CallSnapshot> HangUp(
        string callId, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellation = default) =>
        Send(callId, _dialect.HangUp(_account, callId, reason), RequestPriority.Urgent, cancellation);

    /// <summary>Refuses a ringing call.</summary>
    /// <exception cref="GoToConflictException">The call is no longer ringing.</exception>
    /// <exception cref="GoToNotFoundException">There is no such call.</exception>
    public Task<CallSnapshot> Reject(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.Reject(_account, callId), RequestPriority.Urgent, cancellation);

    /// <summary>Puts a call on hold: the far end hears music. Repeating it changes nothing.</summary>
    public Task<CallSnapshot> Hold(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.Hold(_account, callId, held: true), RequestPriority.Control, cancellation);

    /// <summary>Takes a held call back. Repeating it changes nothing.</summary>
    public Task<CallSnapshot> Resume(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.Hold(_account, callId, held: false), RequestPriority.Control, cancellation);

    /// <summary>
    /// Silences us at GoTo. Stop sending audio first: this takes a round trip. Repeating it changes nothing.
    /// </summary>
    public Task<CallSnapshot> Mute(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.Mute(_account, callId, muted: true), RequestPriority.Control, cancellation);

    /// <summary>Lets us be heard again. Repeating it changes nothing.</summary>
    public Task<CallSnapshot> Unmute(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.Mute(_account, callId, muted: false), RequestPriority.Control, cancellation);

    /// <summary>
    /// Sends touch tones, with commas as pauses kept here: the digits between them are requests of their own. None is
    /// repeated, so a failure can leave digits unsent but sends none twice.
    /// </summary>
    /// <returns>What the last reply told of the call.</returns>
    public async Task<CallSnapshot> SendDtmf(
        string callId, DtmfDigits digits, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(digits);
        var told = new CallSnapshot { CallId = callId };
        foreach (var (wait, burst) in _dialect.OneToneARequest ? digits.Tones : digits.Bursts)
        {
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _time, cancellation);
            told = await Send(
                callId, _dialect.SendDtmf(_account, callId, burst, digits.Tone, digits.Gap), RequestPriority.Control, cancellation);
        }

        return told;
    }

    /// <summary>
    /// Hands the far end over to somebody else without asking them. Success means accepted: <c>call.transferred</c>
    /// and <c>call.ended</c> follow. Not repeated once it may have been carried out.
    /// </summary>
    /// <exception cref="GoToConflictException">
    /// The state does not allow it, or the target could not be had
    /// (<see cref="GoToConflictException.TransferFailed"/>): the call goes on as it was.
    /// </exception>
    public Task<CallSnapshot> BlindTransfer(
        string callId, DialString target, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Send(callId, _dialect.BlindTransfer(_account, callId, target), RequestPriority.Transfer, cancellation);
    }

    /// <summary>
    /// Connects the far end of a held call with that of the call in which we announced it, and takes us out of both.
    /// Not repeated once it may have been carried out.
    /// </summary>
    /// <param name="callId">The held call.</param>
    /// <param name="referId">The call to the target, connected.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="GoToConflictException">
    /// The target has not answered yet or has hung up: both calls go on as they were.
    /// </exception>
    public Task<CallSnapshot> WarmTransfer(string callId, string referId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(referId);
        return Send(callId, _dialect.WarmTransfer(_account, callId, referId), RequestPriority.Transfer, cancellation);
    }

    /// <summary>
    /// Makes one conversation of two calls, with us in it; both stay calls of their own (decision C13). Not repeated
    /// once it may have been carried out.
    /// </summary>
    public Task<CallSnapshot> Merge(string callId, string referId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(referId);
        return Send(callId, _dialect.Merge(_account, callId, referId), RequestPriority.Transfer, cancellation);
    }

    /// <summary>
    /// Sends a late ICE candidate. A server that does not know how candidates end may refuse the empty one that ends
    /// them; that is of no effect (decision M5).
    /// </summary>
    public async Task SendIceCandidate(
        string callId, IceCandidateLine candidate, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (_dialect.SendIceCandidate(_account, callId, candidate) is not { } request)
            return;
        try
        {
            await Send(callId, request, RequestPriority.Candidate, cancellation);
        }
        catch (GoToApiException refused) when (candidate.Candidate.Length == 0
            && refused is GoToRequestException or GoToNotFoundException or GoToConflictException)
        {
            // The end of candidates is a courtesy.
        }
    }

    /// <summary>Asks what has become of a call, to reconcile what was missed.</summary>
    /// <exception cref="GoToNotFoundException">There is no such call, or it ended a while ago.</exception>
    public Task<CallSnapshot> Get(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.GetCall(_account, callId), RequestPriority.Read, cancellation);

    private async Task<CallSnapshot> Send(
        string callId, ApiRequest request, RequestPriority priority, CancellationToken cancellation)
    {
        var reply = await _session.Send(request, BudgetCategory.CallControl, priority, cancellation);
        return _dialect.ReadCall(reply, callId);
    }
}
