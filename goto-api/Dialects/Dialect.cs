using System.Net;
using System.Text.Json;

namespace GoTo.Api;

/// <summary>
/// The seam between what we mean and how one form of GoTo's API says it: routes, methods, fields, success replies, the
/// event envelope and where the token goes on the socket. Everything that differs between forms belongs here and
/// nowhere else. Pure: requests are built and replies are read, nothing is sent.
/// </summary>
internal abstract class Dialect
{
    /// <summary>The name of the form that specification ARCH-002 describes.</summary>
    public const string Arch002 = "arch-002";

    /// <summary>The name of GoTo's public API as far as public evidence goes; unverified against the live service.</summary>
    public const string GoToPublic = "goto-public";

    private static readonly Dictionary<string, Dialect> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        [Arch002] = new Arch002Dialect(),
        [GoToPublic] = new GoToPublicDialect(),
    };

    public static IEnumerable<string> Names => Known.Keys;

    public static bool IsKnown(string? name) => name is not null && Known.ContainsKey(name);

    /// <exception cref="ArgumentException">The options name a dialect that does not exist.</exception>
    public static Dialect Of(GoToAccountOptions account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Known.TryGetValue(account.Dialect, out var dialect)
            ? dialect
            : throw new ArgumentException(
                $"The dialect '{account.Dialect}' is not known: use {string.Join(" or ", Names)}.", nameof(account));
    }

    /// <summary>The scopes without which something of the account will be refused.</summary>
    public abstract IReadOnlyList<string> RequiredScopes { get; }

    /// <summary>How much GoTo takes.</summary>
    public abstract RequestLimits Limits { get; }

    public abstract ApiRequest Answer(GoToAccountOptions account, string callId, string sdpAnswer);

    public abstract ApiRequest HangUp(GoToAccountOptions account, string callId, HangUpReason reason);

    public abstract ApiRequest Reject(GoToAccountOptions account, string callId);

    public abstract ApiRequest Dial(GoToAccountOptions account, OutboundCall call);

    public abstract ApiRequest Hold(GoToAccountOptions account, string callId, bool held);

    public abstract ApiRequest Mute(GoToAccountOptions account, string callId, bool muted);

    public abstract ApiRequest SendDtmf(
        GoToAccountOptions account, string callId, string digits, TimeSpan tone, TimeSpan gap);

    public abstract ApiRequest BlindTransfer(GoToAccountOptions account, string callId, DialString target);

    public abstract ApiRequest WarmTransfer(GoToAccountOptions account, string callId, string referId);

    public abstract ApiRequest Merge(GoToAccountOptions account, string callId, string referId);

    /// <summary>Null where candidates do not trickle.</summary>
    public abstract ApiRequest? SendIceCandidate(GoToAccountOptions account, string callId, IceCandidateLine candidate);

    /// <summary>Who makes the SDP offer of a call that we place.</summary>
    public virtual SdpOfferer OutboundOfferer => SdpOfferer.Gateway;

    /// <summary>Whether each touch tone is a request of its own.</summary>
    public virtual bool OneToneARequest => false;

    /// <summary>Reads the reply to <see cref="Dial"/>, which must name the new call.</summary>
    public abstract CallSnapshot ReadDialled(ApiReply reply);

    public abstract ApiRequest GetCall(GoToAccountOptions account, string callId);

    public abstract CallSnapshot ReadCall(ApiReply reply, string callId);

    public abstract ApiRequest CreateChannel(GoToAccountOptions account);

    public abstract ApiRequest DeleteChannel(GoToAccountOptions account, string channelId);

    /// <summary>Has a channel live on, or null where it is replaced instead. Its reply is a channel's.</summary>
    public virtual ApiRequest? RefreshChannel(GoToAccountOptions account, string channelId) => null;

    /// <summary>What a message says of the channel itself, in place of a call.</summary>
    public virtual ChannelDemand Demand(GoToEvent message) => ChannelDemand.None;

    public abstract NotificationChannel ReadChannel(ApiReply reply, GoToAccountOptions account, DateTimeOffset now);

    /// <summary>What has to be registered before calls and their events come to a channel; nothing where a line just is.</summary>
    public virtual IReadOnlyList<ApiRequest> Register(GoToAccountOptions account, string channelId) => [];

    /// <summary>Takes the registration back, or null where there is none.</summary>
    public virtual ApiRequest? Unregister(GoToAccountOptions account) => null;

    public abstract ApiRequest Subscribe(
        GoToAccountOptions account, string channelId, IReadOnlyList<string> types, IReadOnlyList<string> lines);

    public abstract EventSubscription ReadSubscription(
        ApiReply reply, string channelId, IReadOnlyList<string> types, IReadOnlyList<string> lines);

    public abstract ApiRequest Unsubscribe(GoToAccountOptions account, string subscriptionId);

    /// <summary>How the event WebSocket proves who connects.</summary>
    public virtual EventTokenPlacement TokenPlacement(GoToAccountOptions account) => account.EventToken;

    /// <summary>The address to open the event WebSocket at; with a token in it only where the options say so.</summary>
    public Uri SocketAddress(GoToAccountOptions account, NotificationChannel channel, string? token)
    {
        if (TokenPlacement(account) != EventTokenPlacement.Query || token is null)
            return channel.WebSocketUrl;
        var address = new UriBuilder(channel.WebSocketUrl);
        var query = address.Query.TrimStart('?');
        address.Query = $"{query}{(query.Length > 0 ? "&" : "")}token={Uri.EscapeDataString(token)}";
        return address.Uri;
    }

    /// <summary>
    /// What a refused upgrade of the event WebSocket asks for; HTTP's own meaning, the same everywhere.
    /// </summary>
    public static SocketRemedy SocketRefusal(HttpStatusCode? status) => status switch
    {
        HttpStatusCode.Unauthorized => SocketRemedy.NewToken,
        HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone => SocketRemedy.NewChannel,
        _ => SocketRemedy.Reconnect,
    };

    /// <summary>
    /// What a close code of the event WebSocket asks for. GoTo's own codes are not documented; these are RFC 6455's policy
    /// violation and the simulator's 44xx.
    /// </summary>
    public static SocketRemedy SocketClose(int? code) => code switch
    {
        1008 or 4401 => SocketRemedy.NewToken,
        4404 or 4409 => SocketRemedy.NewChannel,
        _ => SocketRemedy.Reconnect,
    };

    /// <summary>Reads one message of the event WebSocket. Never throws: what cannot be read is an event too.</summary>
    public abstract GoToEvent ReadEvent(ReadOnlyMemory<byte> message);

    /// <summary>
    /// Reads the messages of one stream, where a message may be more than one event, or mean something only after others.
    /// </summary>
    public virtual Func<ReadOnlyMemory<byte>, IReadOnlyList<GoToEvent>> NewReader() => message => [ReadEvent(message)];

    public abstract ApiRequest ListLines(GoToAccountOptions account, string accountKey, string? pageMarker);

    public abstract (IReadOnlyList<Line> Lines, string? NextPageMarker) ReadLines(ApiReply reply);

    public abstract ApiRequest ListUsers(GoToAccountOptions account, string accountKey, string? pageMarker);

    public abstract (IReadOnlyList<User> Users, string? NextPageMarker) ReadUsers(ApiReply reply);

    /// <summary>Null where a line is only found in the list.</summary>
    public abstract ApiRequest? GetLine(GoToAccountOptions account, string accountKey, string lineId);

    public abstract Line ReadLine(ApiReply reply);

    protected static Uri CallAddress(GoToAccountOptions account, string callId, string rest) =>
        ApiAddress.Join(account.WebCallsAddress, $"/calls/{ApiAddress.Segment(callId)}{rest}");

    protected static string PageQuery(char first, string? pageMarker) =>
        pageMarker is null ? "" : $"{first}pageMarker={Uri.EscapeDataString(pageMarker)}";

    /// <summary>A channel whose address may be given our token: a WebSocket's, of the same party (section 10.3).</summary>
    protected static NotificationChannel Channel(
        ApiReply reply, Uri api, string id, string address, string field, DateTimeOffset? expiresAt)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("ws" or "wss"))
            throw reply.Broken($"'{field}' is not an absolute ws or wss address", field);
        return GoToAccountOptions.IsSecureOrLoopback(url) && ApiAddress.IsOfSameParty(url, api)
            ? new NotificationChannel(id, url, expiresAt)
            : throw reply.Broken($"'{field}' leads to {url.Host}, which must not be given the account's token", field);
    }

    protected static (IReadOnlyList<T> Items, string? NextPageMarker) ReadPage<T>(
        ApiReply reply, Func<JsonElement, T> read)
    {
        var json = reply.RequireObject();
        return json.Field("items") is { ValueKind: JsonValueKind.Array }
            ? ([.. json.Objects("items").Select(read)], json.Text("nextPageMarker"))
            : throw reply.Broken("the reply lacks the list 'items'", "items");
    }
}

/// <summary>What a server asks of the holder of a channel.</summary>
internal enum ChannelDemand
{
    /// <summary>Nothing: the message is an event.</summary>
    None,

    /// <summary>Say that the channel is to live on.</summary>
    Refresh,

    /// <summary>Take another one: this one is about to close.</summary>
    Replace,
}

/// <summary>What to do before the event WebSocket is opened again.</summary>
internal enum SocketRemedy
{
    /// <summary>Nothing: the channel is used again.</summary>
    Reconnect,

    /// <summary>Get another token.</summary>
    NewToken,

    /// <summary>Create another channel.</summary>
    NewChannel,
}
