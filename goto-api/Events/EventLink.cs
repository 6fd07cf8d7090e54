using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GoTo.Api;

/// <summary>
/// A channel that we have, and its subscription once there is one: what outlives a broken connection.
/// </summary>
internal sealed class HeldChannel(NotificationChannel channel, DateTimeOffset createdAt)
{
    private DateTimeOffset _since = createdAt;

    public NotificationChannel Channel { get; private set; } = channel;

    public EventSubscription? Subscription { get; set; }

    public bool IsExpired(DateTimeOffset now) => Channel.ExpiresAt <= now;

    /// <summary>When the channel is to be replaced, or null when it has no end.</summary>
    public DateTimeOffset? RenewAt(double share) =>
        Channel.ExpiresAt is { } end ? _since + ((end - _since) * share) : null;

    /// <summary>The channel lives on from now.</summary>
    public void Extend(DateTimeOffset? until, DateTimeOffset now) =>
        (Channel, _since) = (Channel with { ExpiresAt = until }, now);
}

/// <summary>A held channel with its open socket.</summary>
internal sealed record EventLink(HeldChannel Held, EventSocket Socket, string? Token)
{
    /// <summary>What the server asked of the channel and nobody has heeded yet; the first of it counts.</summary>
    public Channel<ChannelDemand> Demands { get; } = Channel.CreateBounded<ChannelDemand>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}

/// <summary>
/// Opens links in the order that loses nothing: channel, then socket, then subscription (decision E14); and cleans up
/// what is no longer needed.
/// </summary>
internal sealed class EventLinker(
    CallEventsClient events,
    GoToAccountOptions account,
    IAccessTokenSource tokens,
    EventStreamOptions options,
    SocketConnector connect,
    TimeProvider time,
    ILogger<EventStream> log)
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(5);

    private readonly Dialect _dialect = Dialect.Of(account);

    /// <summary>The channel that the next link uses again unless the server refuses it.</summary>
    public HeldChannel? Held { get; private set; }

    /// <summary>Opens a link, on the held channel if there is one.</summary>
    public async Task<EventLink> Open(CancellationToken cancellation)
    {
        if (Held is { } expired && expired.IsExpired(time.GetUtcNow()))
            await CleanUp(expired);
        if (Held is { } held)
        {
            try
            {
                return await Open(held, cancellation);
            }
            catch (EventSocketException refused) when (Dialect.SocketRefusal(refused.Status) == SocketRemedy.NewChannel)
            {
                log.ChannelRefused(held.Channel.Id);
                await CleanUp(held);
            }
            catch (GoToNotFoundException)
            {
                log.ChannelRefused(held.Channel.Id);
                await CleanUp(held);
            }
        }

        return await OpenNew(cancellation);
    }

    /// <summary>Opens a link on a new channel, which from then on is the held one.</summary>
    public async Task<EventLink> OpenNew(CancellationToken cancellation)
    {
        var created = new HeldChannel(await events.CreateChannel(cancellation), time.GetUtcNow());
        try
        {
            var link = await Open(created, cancellation);
            Held = created;
            return link;
        }
        catch
        {
            // Kept for the next attempt if there is none yet, so that a failing server does not collect our channels.
            if (Held is null)
                Held = created;
            else
                await CleanUp(created);
            throw;
        }
    }

    /// <summary>Does what the end of a connection asks for before the next one.</summary>
    public async Task Heed(EventLink link, SocketEnd end, CancellationToken cancellation)
    {
        switch (Dialect.SocketClose(end.CloseCode))
        {
            case SocketRemedy.NewToken when link.Token is not null:
                await tokens.Rejected(link.Token, cancellation);
                break;
            case SocketRemedy.NewChannel when ReferenceEquals(Held, link.Held):
                await CleanUp(link.Held);
                break;
            default:
                break;
        }
    }

    /// <summary>Has a channel live on; false when it must be replaced.</summary>
    public async Task<bool> Refresh(HeldChannel held, CancellationToken cancellation)
    {
        try
        {
            if (await events.RefreshChannel(held.Channel.Id, cancellation) is not { } refreshed)
                return false;
            held.Extend(refreshed.ExpiresAt, time.GetUtcNow());
            return true;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            // Another channel is the answer to all of it, and making that reports what is wrong.
            return false;
        }
    }

    /// <summary>Takes leave for good: no call comes to the channel any more, and then it is deleted.</summary>
    public async Task Leave(HeldChannel held)
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        await Try(held, () => events.Unregister(limit.Token));
        await CleanUp(held);
    }

    /// <summary>Deletes subscription and channel, best effort.</summary>
    public async Task CleanUp(HeldChannel held)
    {
        if (ReferenceEquals(Held, held))
            Held = null;
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        if (held.Subscription is { } subscription)
            await Try(held, () => events.Unsubscribe(subscription.Id, limit.Token));
        await Try(held, () => events.DeleteChannel(held.Channel.Id, limit.Token));
    }

    // Whatever goes wrong, from our own errors to the token source's, the server forgets the channel in time.
    private async Task Try(HeldChannel held, Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (Exception failure)
        {
            log.CleanUpFailed(held.Channel.Id, failure.GetType().Name);
        }
    }

    private async Task<EventLink> Open(HeldChannel held, CancellationToken cancellation)
    {
        var (socket, token) = await Connect(held.Channel, cancellation);
        try
        {
            if (held.Subscription is null)
                await events.Register(held.Channel.Id, cancellation);
            held.Subscription ??= await events.Subscribe(
                held.Channel.Id, options.EventTypes, options.LineIds, cancellation);
            return new EventLink(held, socket, token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<(EventSocket Socket, string? Token)> Connect(
        NotificationChannel channel, CancellationToken cancellation)
    {
        if (_dialect.TokenPlacement(account) == EventTokenPlacement.None)
            return (await Open(token: null), null);
        var token = await tokens.GetAccessToken(cancellation);
        try
        {
            return (await Open(token), token);
        }
        catch (EventSocketException refused) when (Dialect.SocketRefusal(refused.Status) == SocketRemedy.NewToken)
        {
            await tokens.Rejected(token, cancellation);
            token = await tokens.GetAccessToken(cancellation);
            return (await Open(token), token);
        }

        Task<EventSocket> Open(string? token) => EventSocket.Open(
            connect,
            _dialect.SocketAddress(account, channel, token),
            new SocketCredentials(
                _dialect.TokenPlacement(account) == EventTokenPlacement.Header ? token : null,
                account.CertificateFingerprint),
            options,
            cancellation);
    }
}
