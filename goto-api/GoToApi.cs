using Microsoft.Extensions.Logging;

namespace GoTo.Api;

/// <summary>
/// The way in: makes the clients of an account. Clients are cheap, hold no connection of their own and may be made anew
/// whenever one is needed; get this class from the services after <c>AddGoToApi()</c>.
/// </summary>
public sealed class GoToApi
{
    private readonly ApiTransport _transport;
    private readonly SocketConnector _connect;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;

    internal GoToApi(ApiTransport transport, SocketConnector connect, TimeProvider time, ILoggerFactory logs)
    {
        _connect = connect;
        _transport = transport;
        _time = time;
        _logs = logs;
    }

    /// <summary>The account's token endpoint.</summary>
    public TokenClient Tokens(GoToAccountOptions account) =>
        new(_transport, account, _logs.CreateLogger<TokenClient>());

    /// <summary>The account's call control.</summary>
    /// <param name="account">The account.</param>
    /// <param name="tokens">Its access tokens.</param>
    /// <param name="budget">What may leave; null when nobody counts.</param>
    /// <param name="tenant">Whose share of the budget the requests draw on; empty when nobody's in particular.</param>
    public WebCallsClient WebCalls(
        GoToAccountOptions account, IAccessTokenSource tokens, IRequestBudget? budget = null, string tenant = "") =>
        new(new ApiSession(_transport, account, tokens, budget, tenant), _time);

    /// <summary>The account's channels and subscriptions.</summary>
    public CallEventsClient CallEvents(
        GoToAccountOptions account, IAccessTokenSource tokens, IRequestBudget? budget = null) =>
        new(new ApiSession(_transport, account, tokens, budget, ""), _time);

    /// <summary>The account's lines.</summary>
    public LinesClient Lines(
        GoToAccountOptions account, IAccessTokenSource tokens, IRequestBudget? budget = null) =>
        new(new ApiSession(_transport, account, tokens, budget, ""));

    /// <summary>Starts the account's event stream; it runs until it is disposed.</summary>
    public EventStream OpenEventStream(
        GoToAccountOptions account, IAccessTokenSource tokens, EventStreamOptions? options = null,
        IRequestBudget? budget = null)
    {
        var remembered = new LastToken(tokens);
        return EventStream.Start(
            CallEvents(account, remembered, budget), account, remembered, options ?? new EventStreamOptions(), _connect, _time,
            _transport.Skew, _transport.Metrics, _logs.CreateLogger<EventStream>());
    }

    /// <summary>
    /// Tries out whatever the account needs, step by step, and says of each failure what to do. Leaves nothing behind.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="tokens">Its access tokens; null logs in for this diagnosis alone.</param>
    /// <param name="options">What it may do beyond looking. Default: nothing.</param>
    /// <param name="cancellation">Gives up, cleaning up all the same.</param>
    public IAsyncEnumerable<DiagnosisStep> Diagnose(
        GoToAccountOptions account, IAccessTokenSource? tokens = null, DiagnosisOptions? options = null,
        CancellationToken cancellation = default) =>
        new AccountDiagnosis(this, _transport.Skew, _time, account, tokens, options ?? new DiagnosisOptions())
            .Run(cancellation);

    internal Task<EventSocket> OpenSocket(
        Uri address, SocketCredentials credentials, EventStreamOptions options, CancellationToken cancellation) =>
        EventSocket.Open(_connect, address, credentials, options, cancellation);
}
