namespace GoTo.Api;

/// <summary>
/// Channels and subscriptions of one account (specification sections 6.2, 6.3 and 6.7). Most callers want
/// <see cref="EventStream"/>, which keeps both alive. Every method may raise the errors of
/// <see cref="GoToApiException"/>.
/// </summary>
public sealed class CallEventsClient
{
    private readonly ApiSession _session;
    private readonly GoToAccountOptions _account;
    private readonly Dialect _dialect;
    private readonly TimeProvider _time;

    internal CallEventsClient(ApiSession session, TimeProvider time)
    {
        _session = session;
        _account = session.Account;
        _dialect = session.Dialect;
        _time = time;
    }

    /// <summary>Creates a channel.</summary>
    /// <exception cref="GoToProtocolException">
    /// The reply names no channel or no address, or an address that must not be given our token (section 10.3).
    /// </exception>
    public async Task<NotificationChannel> CreateChannel(CancellationToken cancellation = default)
    {
        var reply = await Send(_dialect.CreateChannel(_account), cancellation);
        return _dialect.ReadChannel(reply, _account, _time.GetUtcNow());
    }

    /// <summary>Has a channel live on; null in dialects where it is replaced instead.</summary>
    /// <exception cref="GoToNotFoundException">It is gone already.</exception>
    /// <exception cref="GoToProtocolException">The reply names no channel.</exception>
    public async Task<NotificationChannel?> RefreshChannel(string channelId, CancellationToken cancellation = default)
    {
        if (_dialect.RefreshChannel(_account, channelId) is not { } request)
            return null;
        return _dialect.ReadChannel(await Send(request, cancellation), _account, _time.GetUtcNow());
    }

    /// <summary>
    /// Has calls come to a channel, in dialects where a device has to be registered for it; does nothing in others. The
    /// last registration counts.
    /// </summary>
    public async Task Register(string channelId, CancellationToken cancellation = default)
    {
        foreach (var request in _dialect.Register(_account, channelId))
            await Send(request, cancellation);
    }

    /// <summary>Takes the registration back: calls come here no more.</summary>
    public async Task Unregister(CancellationToken cancellation = default)
    {
        if (_dialect.Unregister(_account) is { } request)
            await Send(request, cancellation);
    }

    /// <summary>Deletes a channel and with it its subscriptions.</summary>
    /// <exception cref="GoToNotFoundException">It is gone already.</exception>
    public Task DeleteChannel(string channelId, CancellationToken cancellation = default) =>
        Send(_dialect.DeleteChannel(_account, channelId), cancellation);

    /// <summary>Has events sent to a channel.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="eventTypes">
    /// Which events, by the names of <see cref="EventTypes"/>; null or empty means all.
    /// </param>
    /// <param name="lineIds">Of which lines; null or empty means all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="GoToNotFoundException">The channel is gone.</exception>
    /// <exception cref="GoToProtocolException">The reply names no subscription.</exception>
    public async Task<EventSubscription> Subscribe(
        string channelId,
        IReadOnlyList<string>? eventTypes = null,
        IReadOnlyList<string>? lineIds = null,
        CancellationToken cancellation = default)
    {
        var types = eventTypes is { Count: > 0 } ? eventTypes : EventTypes.All;
        var lines = lineIds ?? [];
        var reply = await Send(_dialect.Subscribe(_account, channelId, types, lines), cancellation);
        return _dialect.ReadSubscription(reply, channelId, types, lines);
    }

    /// <summary>Ends a subscription.</summary>
    /// <exception cref="GoToNotFoundException">It is gone already.</exception>
    public Task Unsubscribe(string subscriptionId, CancellationToken cancellation = default) =>
        Send(_dialect.Unsubscribe(_account, subscriptionId), cancellation);

    private Task<ApiReply> Send(ApiRequest request, CancellationToken cancellation) =>
        _session.Send(request, BudgetCategory.CallEvents, RequestPriority.Read, cancellation);
}
