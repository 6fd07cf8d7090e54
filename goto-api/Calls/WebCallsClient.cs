namespace GoTo.Api;

/// <summary>
/// Call control over GoTo's Web Calls API (specification sections 4.2 and 5) for one account. Every method may also
/// raise <see cref="GoToAuthenticationException"/>, <see cref="GoToPermissionException"/>,
/// <see cref="GoToRateLimitedException"/>, <see cref="GoToUnavailableException"/>,
/// <see cref="GoToRequestException"/> and <see cref="GoToProtocolException"/>, and whatever the token source raises.
/// </summary>
public sealed class WebCallsClient
{
    private readonly ApiTransport _transport;
    private readonly GoToAccountOptions _account;
    private readonly IAccessTokenSource _tokens;
    private readonly Dialect _dialect;

    internal WebCallsClient(ApiTransport transport, GoToAccountOptions account, IAccessTokenSource tokens)
    {
        _transport = transport;
        _account = account;
        _tokens = tokens;
        _dialect = Dialect.Of(account);
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
        return Send(callId, _dialect.Answer(_account, callId, sdpAnswer), cancellation);
    }

    /// <summary>
    /// Ends a call. Repeating it is harmless: a call that is over is reported as a conflict or not found.
    /// </summary>
    /// <exception cref="GoToConflictException">The call has ended already.</exception>
    /// <exception cref="GoToNotFoundException">There is no such call, or no longer.</exception>
    public Task<CallSnapshot> HangUp(
        string callId, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellation = default) =>
        Send(callId, _dialect.HangUp(_account, callId, reason), cancellation);

    /// <summary>Refuses a ringing call.</summary>
    /// <exception cref="GoToConflictException">The call is no longer ringing.</exception>
    /// <exception cref="GoToNotFoundException">There is no such call.</exception>
    public Task<CallSnapshot> Reject(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.Reject(_account, callId), cancellation);

    /// <summary>Asks what has become of a call, to reconcile what was missed.</summary>
    /// <exception cref="GoToNotFoundException">There is no such call, or it ended a while ago.</exception>
    public Task<CallSnapshot> Get(string callId, CancellationToken cancellation = default) =>
        Send(callId, _dialect.GetCall(_account, callId), cancellation);

    private async Task<CallSnapshot> Send(string callId, ApiRequest request, CancellationToken cancellation)
    {
        var reply = await _transport.Send(request, _account, _tokens, cancellation);
        return _dialect.ReadCall(reply, callId);
    }
}
