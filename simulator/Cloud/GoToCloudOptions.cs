using System.Net;
using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// How the simulated GoTo cloud behaves. The defaults are the demo account and the specification's times.
/// </summary>
public sealed record GoToCloudOptions
{
    /// <summary>The address to listen on. Default: 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The TCP port to listen on; 0 takes a free one. Default: 0.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Whether it serves https and wss, with a certificate made at the start that clients must trust by
    /// <see cref="GoToCloud.CertificateFingerprint"/>. Default: no.
    /// </summary>
    public bool Tls { get; init; }

    /// <summary>
    /// The seed of all ids and chances: the same seed and the same requests at the same times make the same event log.
    /// Default: none, every run is another.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>The accounts that exist. Default: <see cref="CloudAccount.Demo"/>.</summary>
    public IReadOnlyList<CloudAccount> Accounts { get; init; } = [CloudAccount.Demo];

    /// <summary>
    /// How long an access token lives. Default: one hour, as section 3.3.2 of the specification shows.
    /// </summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a refresh token is good. Default: 30 days, as GoTo documents.</summary>
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// After which share of its life a refresh token is replaced by the reply to its use, which makes it useless; younger
    /// ones are kept, and the reply names none. Default: 0.6, as GoTo does; 0 replaces it each time.
    /// </summary>
    public double RefreshTokenRotatesAfter { get; init; } = 0.6;

    /// <summary>How long an inbound call rings before it ends with reason <c>timeout</c>. Default: 30 s.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a notification channel lives. Default: one hour, as section 6.2 shows.</summary>
    public TimeSpan ChannelLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many channels an account may have at once. Default: 100.</summary>
    public int MostChannels { get; init; } = 100;

    /// <summary>After how long without a socket a channel ends. Default: 2 minutes.</summary>
    public TimeSpan ChannelInactivity { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How often a channel of the public API must be refreshed; its socket is told <c>WEBSOCKET_REFRESH_REQUIRED</c> then.
    /// Default: 10 minutes.
    /// </summary>
    public TimeSpan ChannelRefresh { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long it may take to refresh a channel before its socket is told <c>WEBSOCKET_TO_BE_CLOSED</c>, and from then
    /// until the channel ends. Default: one minute.
    /// </summary>
    public TimeSpan ChannelRefreshGrace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// From how long before a channel lost its socket events are sent again when it has one again, together with those
    /// of the meantime, up to <see cref="ReplayMemory"/>. Default: zero, they are lost, as the specification promises no
    /// more.
    /// </summary>
    public TimeSpan ReplayOnReconnect { get; init; }

    /// <summary>How long events are kept to be sent again. Default: 30 s.</summary>
    public TimeSpan ReplayMemory { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an ended call is remembered: operations on it are refused with 409 until then, with 404 afterwards.
    /// Default: 60 s.
    /// </summary>
    public TimeSpan EndedCallMemory { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether operations that the state does not allow are refused with 409. Default: yes. Otherwise calls may also be
    /// transferred before they are connected, as section 11.2 of the specification does.
    /// </summary>
    public bool Strict { get; init; } = true;

    /// <summary>
    /// How long an outbound call waits for our SDP answer before it ends (<c>error</c>). Default: 10 s.
    /// </summary>
    public TimeSpan MediaAnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a registered phone may take to offer media when it is called. Default: 5 s.</summary>
    public TimeSpan PhoneOfferTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a far end that answers later rings. Default: 2 s.</summary>
    public TimeSpan FarEndRings { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After how long an unanswered outbound call ends (<c>no_answer</c>). Default: 30 s.</summary>
    public TimeSpan NoAnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long it takes the network to say that a far end is busy, refuses or cannot be reached, and how long a far
    /// end that drops stays. Default: 400 ms.
    /// </summary>
    public TimeSpan FarEndDecides { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the busy tone of a far end that is heard lasts before its call ends. Default: 2 s.</summary>
    public TimeSpan BusyTone { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Where the audio of the cloud itself is bound: ringback and busy tone, voice mail, music on hold. Default: nowhere, the
    /// far ends that it plays have no audio; the program binds it to loopback. It needs libopus.
    /// </summary>
    public RtcOptions? Media { get; init; }

    /// <summary>
    /// Whether phones are heard as through the telephone network: of what a phone and its caller offer, G.711 at 8 kHz and touch tones
    /// are left. Those that speak neither law are let be. Default: no.
    /// </summary>
    public bool Narrowband { get; init; }

    /// <summary>How long after its transfer a call ends (<c>transfer</c>). Default: 50 ms.</summary>
    public TimeSpan TransferCompletes { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How many requests are taken before the reply is 429. Default: as many as come; the program has the
    /// specification's limits.
    /// </summary>
    public CloudRateLimits RateLimits { get; init; }

    /// <summary>How a 429 says when to come again. Default: in seconds.</summary>
    public CloudRetryAfter RetryAfter { get; init; }

    /// <summary>How long requests and events take. Default: no time; the program takes GoTo's if asked.</summary>
    public CloudLatencies Latencies { get; init; } = CloudLatencies.None;

    /// <summary>How many calls may be merged into one conversation. Default: 3.</summary>
    public int LargestConference { get; init; } = 3;
}

/// <summary>One account of the simulated cloud, with the credentials that open it.</summary>
/// <param name="Key">The account key.</param>
/// <param name="ClientId">The OAuth client's id.</param>
/// <param name="ClientSecret">
/// The OAuth client's secret; null accepts requests without one, as section 3.3 sends them.
/// </param>
/// <param name="Username">The service user's name.</param>
/// <param name="Password">The service user's password.</param>
/// <param name="Lines">The account's lines.</param>
public sealed record CloudAccount(
    string Key, string ClientId, string? ClientSecret, string Username, string Password, IReadOnlyList<CloudLine> Lines)
{
    /// <summary>The personal access token that logs in; null: none does. Default: none.</summary>
    public string? PersonalAccessToken { get; init; }

    /// <summary>
    /// Whether its client may use the password grant. Default: yes; GoTo's newer clients may not, and are told
    /// <c>unauthorized_client</c>.
    /// </summary>
    public bool AllowsPassword { get; init; } = true;

    /// <summary>What the account's tokens may do. Default: everything that section 3.4 names.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = CloudScopes.All;

    /// <summary>The account that the simulator prints and its README documents.</summary>
    public static CloudAccount Demo { get; } = new(
        "1234567890",
        "demo-client",
        null,
        "agent-service@example.com",
        "demo-password",
        [
            new CloudLine("line_demo1", "1001", "AI Agent 1", ["+15555550100"]),
            new CloudLine("line_demo2", "1002", "AI Agent 2", ["+15555550101", "+15555550102"]),
        ])
    {
        PersonalAccessToken = "demo-personal-access-token",
    };
}

/// <summary>The scopes of section 3.4 of the specification.</summary>
internal static class CloudScopes
{
    public const string Calls = "webrtc.v1.write";
    public const string Events = "call-events.v1.notifications.manage";
    public const string Control = "call-control.v1.calls.write";
    public const string Lines = "users.v1.lines.read";
    public const string Users = "users.v1.users.read";

    /// <summary>Those of section 3.4, and those of GoTo's portal that the public API asks for besides.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Calls, Events, Control, Lines, Users,
        "webrtc.v1.read", "call-events.v1.events.read", "call-control.v1.calls.control", "users.v1.read",
    ];
}

/// <summary>One line of an account (section 7.1).</summary>
/// <param name="Id">The line's id.</param>
/// <param name="Extension">Its extension.</param>
/// <param name="DisplayName">Its name.</param>
/// <param name="Numbers">Its phone numbers in E.164.</param>
public sealed record CloudLine(string Id, string Extension, string DisplayName, IReadOnlyList<string> Numbers);

/// <summary>The port that the simulator was to listen on is taken or not allowed.</summary>
public sealed class CloudPortException : Exception
{
    internal CloudPortException(IPEndPoint endPoint, Exception inner)
        : base($"The GoTo simulator cannot listen on {endPoint}: the port is in use or not allowed. "
            + "Stop the program that holds it, or choose another port (0 takes a free one).", inner) =>
        EndPoint = endPoint;

    /// <summary>The address and port that could not be had.</summary>
    public IPEndPoint EndPoint { get; }
}
