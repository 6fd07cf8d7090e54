namespace GoTo.Api;

/// <summary>What an event stream tells its reader, in the order in which it happened.</summary>
public abstract record EventStreamItem
{
    private protected EventStreamItem()
    {
    }
}

/// <summary>
/// The stream is subscribed and connected. Events may have been missed before it: reconcile every live call now with
/// <see cref="WebCallsClient.Get"/>.
/// </summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Renewal">
/// True when a channel was replaced before its end while the old one was still read: nothing was missed.
/// </param>
public sealed record StreamConnected(string ChannelId, bool Renewal) : EventStreamItem;

/// <summary>The stream has no connection now; it tries again by itself.</summary>
/// <param name="Reason">Why, in words, free of secrets.</param>
/// <param name="RetryIn">When the next attempt is made.</param>
/// <param name="Cause">
/// The failure behind it, for instance a <see cref="GoToAuthenticationException"/>, or null.
/// </param>
public sealed record StreamDisconnected(string Reason, TimeSpan RetryIn, Exception? Cause) : EventStreamItem;

/// <summary>An event arrived.</summary>
/// <param name="Event">The event.</param>
public sealed record StreamEvent(GoToEvent Event) : EventStreamItem;
