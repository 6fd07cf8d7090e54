namespace GoTo.Api;

/// <summary>
/// One GoTo Connect account: where its APIs are and who we are there. Several accounts may live in one process, so
/// these options are handed to <see cref="GoToApi"/> call by call instead of being global (specification section 12.2).
/// </summary>
public sealed class GoToAccountOptions
{
    /// <summary>
    /// One address under which every API lives (<c>/oauth/token</c>, <c>/web-calls/v1</c>, <c>/call-events/v1</c>,
    /// <c>/users/v1</c>), as the simulator serves them. When set it replaces the addresses below. Default: none.
    /// </summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>The OAuth token endpoint (section 3.3). Default: GoTo's own.</summary>
    public Uri TokenUrl { get; set; } = new("https://authentication.logmeininc.com/oauth/token");

    /// <summary>The page where a person logs in, for the authorization code grant. Default: GoTo's own.</summary>
    public Uri AuthorizeUrl { get; set; } = new("https://authentication.logmeininc.com/oauth/authorize");

    /// <summary>Base address of the Web Calls API (section 4.2). Default: GoTo's own.</summary>
    public Uri WebCalls { get; set; } = new("https://api.goto.com/web-calls/v1");

    /// <summary>Base address of the Call Events API (section 6). Default: GoTo's own.</summary>
    public Uri CallEvents { get; set; } = new("https://api.goto.com/call-events/v1");

    /// <summary>Base address of the Notification Channel API, for <c>goto-public</c>. Default: GoTo's own.</summary>
    public Uri NotificationChannel { get; set; } = new("https://api.goto.com/notification-channel/v1");

    /// <summary>Base address of the Users and Lines API (section 7.1). Default: GoTo's own.</summary>
    public Uri Users { get; set; } = new("https://api.goto.com/users/v1");

    /// <summary>
    /// The SHA-256 fingerprint, in hexadecimal, of the one certificate that the account's servers are to show, such as a
    /// private one or the simulator's, which prints its own: it is trusted although no authority vouches for it, and no
    /// other is. Default: whatever the machine trusts.
    /// </summary>
    public string? CertificateFingerprint { get; set; }

    /// <summary>The OAuth client's id, from GoTo's developer portal. Required.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>
    /// The OAuth client's secret. When set, token requests carry it as <see cref="ClientAuthentication"/> says; without
    /// it the client id travels in the body, as in section 3.3. Secret.
    /// </summary>
    public string? ClientSecret { get; set; }

    /// <summary>How the client's secret is shown. Default: HTTP Basic, as GoTo's own guides have it.</summary>
    public ClientAuthentication ClientAuthentication { get; set; } = ClientAuthentication.Basic;

    /// <summary>
    /// How a first access token is had. Default: by password, the specification's way, which GoTo has deprecated; use a
    /// personal access token for a new account.
    /// </summary>
    public LogInGrant Grant { get; set; } = LogInGrant.Password;

    /// <summary>
    /// The service user's name, usually an e-mail address (section 3.2.2). Required for the password grant.
    /// </summary>
    public string Username { get; set; } = "";

    /// <summary>The service user's password. Required for the password grant. Secret.</summary>
    public string Password { get; set; } = "";

    /// <summary>
    /// The token made at GoTo's account page under Developer Tools. Required for its grant, whose replies name no
    /// account: set <see cref="AccountKey"/> too. Secret.
    /// </summary>
    public string? PersonalAccessToken { get; set; }

    /// <summary>
    /// The scopes that a token should have (section 3.4). Default: those that the dialect needs. A token without one of
    /// them is used all the same, with a warning that names it.
    /// </summary>
    public IReadOnlyList<string>? RequiredScopes { get; set; }

    /// <summary>
    /// The account key that directory requests are made for. Default: the one that the token reply names
    /// (<see cref="TokenGrant.AccountKey"/>), which GoTo's newer token replies leave out.
    /// </summary>
    public string? AccountKey { get; set; }

    /// <summary>The organization of the extensions, for <c>goto-public</c>, which requires it.</summary>
    public string? OrganizationId { get; set; }

    /// <summary>The extensions that ring here, for <c>goto-public</c>, which requires one at least.</summary>
    public IReadOnlyList<string> Extensions { get; set; } = [];

    /// <summary>The name of our device, for <c>goto-public</c>. Default: one made of the client id.</summary>
    public string? DeviceId { get; set; }

    /// <summary>
    /// Which form of GoTo's API is spoken: <c>arch-002</c>, the specification's, or <c>goto-public</c>, GoTo's public one,
    /// which is unverified against the live service. Default: <c>arch-002</c>.
    /// </summary>
    public string Dialect { get; set; } = Api.Dialect.Arch002;

    /// <summary>How the event WebSocket proves who connects. Default: in the Authorization header.</summary>
    public EventTokenPlacement EventToken { get; set; } = EventTokenPlacement.Header;

    /// <summary>
    /// How many call control requests GoTo takes of this account in the dialect's span: a minute in <c>arch-002</c>, a
    /// second in <c>goto-public</c>. Default: the dialect's own limit (section 9.1).
    /// </summary>
    public int? CallControlLimit { get; set; }

    /// <summary>The same for channels and subscriptions. Default: the dialect's own limit.</summary>
    public int? CallEventsLimit { get; set; }

    /// <summary>The same for lines and users. Default: the dialect's own limit.</summary>
    public int? DirectoryLimit { get; set; }

    internal Uri TokenAddress => Under("/oauth/token") ?? TokenUrl;

    internal Uri AuthorizeAddress => Under("/oauth/authorize") ?? AuthorizeUrl;

    internal Uri WebCallsAddress => Under("/web-calls/v1") ?? WebCalls;

    internal Uri CallEventsAddress => Under("/call-events/v1") ?? CallEvents;

    internal Uri NotificationChannelAddress => Under("/notification-channel/v1") ?? NotificationChannel;

    internal Uri UsersAddress => Under("/users/v1") ?? Users;

    /// <summary>Checks every setting and names each one that is missing or wrong; never quotes a secret.</summary>
    /// <param name="prefix">
    /// Path of these settings in the configuration, for instance <c>GoTo:Accounts:main</c>.
    /// </param>
    /// <returns>One sentence a problem, empty when the options can be used.</returns>
    public IReadOnlyList<string> Validate(string prefix)
    {
        var problems = new List<string>();
        Require(nameof(ClientId), ClientId, "the OAuth client id from GoTo's developer portal");
        if (Grant == LogInGrant.Password)
        {
            Require(nameof(Username), Username, "the service user's name");
            Require(nameof(Password), Password, "the service user's password");
        }
        else if (Grant == LogInGrant.PersonalAccessToken)
        {
            Require(
                nameof(PersonalAccessToken), PersonalAccessToken,
                "the token made at GoTo's account page under Developer Tools");
        }
        else if (Grant != LogInGrant.AuthorizationCode)
        {
            problems.Add($"{prefix}:{nameof(Grant)} must be Password, PersonalAccessToken or AuthorizationCode.");
        }

        if (!Enum.IsDefined(ClientAuthentication))
            problems.Add($"{prefix}:{nameof(ClientAuthentication)} must be Basic or Body.");
        if (ClientSecret is { } secret && string.IsNullOrWhiteSpace(secret))
            problems.Add($"{prefix}:{nameof(ClientSecret)} is blank: set the client's secret or remove the setting.");
        if (BaseUrl is not null)
        {
            CheckAddress(nameof(BaseUrl), BaseUrl);
        }
        else
        {
            CheckAddress(nameof(TokenUrl), TokenUrl);
            CheckAddress(nameof(AuthorizeUrl), AuthorizeUrl);
            CheckAddress(nameof(WebCalls), WebCalls);
            CheckAddress(nameof(CallEvents), CallEvents);
            CheckAddress(nameof(Users), Users);
            CheckAddress(nameof(NotificationChannel), NotificationChannel);
        }

        if (CertificateFingerprint is { } fingerprint && !CertificateTrust.IsFingerprint(fingerprint))
        {
            problems.Add($"{prefix}:{nameof(CertificateFingerprint)} must be a SHA-256 in hexadecimal: "
                + $"{CertificateTrust.FingerprintDigits} digits, with colons or without.");
        }

        if (!Api.Dialect.IsKnown(Dialect))
        {
            problems.Add($"{prefix}:{nameof(Dialect)} is '{Dialect}', which is not known: "
                + $"use {string.Join(" or ", Api.Dialect.Names)}.");
        }

        if (string.Equals(Dialect, Api.Dialect.GoToPublic, StringComparison.OrdinalIgnoreCase))
        {
            Require(nameof(OrganizationId), OrganizationId, "the organization that the extensions belong to");
            Require(nameof(AccountKey), AccountKey, "the account's key");
            if (Extensions.Count == 0)
                problems.Add($"{prefix}:{nameof(Extensions)} is missing: name the extensions that ring here.");
        }

        if (!Enum.IsDefined(EventToken))
            problems.Add($"{prefix}:{nameof(EventToken)} must be Header, Query or None.");
        CheckLimit(nameof(CallControlLimit), CallControlLimit);
        CheckLimit(nameof(CallEventsLimit), CallEventsLimit);
        CheckLimit(nameof(DirectoryLimit), DirectoryLimit);
        return problems;

        void CheckLimit(string setting, int? value)
        {
            if (value < 1)
                problems.Add($"{prefix}:{setting} must be 1 or more.");
        }

        void Require(string setting, string? value, string meaning)
        {
            if (string.IsNullOrWhiteSpace(value))
                problems.Add($"{prefix}:{setting} is missing: set it to {meaning}.");
        }

        void CheckAddress(string setting, Uri? value)
        {
            if (value is not { IsAbsoluteUri: true })
                problems.Add($"{prefix}:{setting} must be an absolute https address.");
            else if (!string.IsNullOrEmpty(value.UserInfo))
                problems.Add($"{prefix}:{setting} must not carry a user name or password.");
            else if (!IsSecureOrLoopback(value))
                problems.Add($"{prefix}:{setting} must use https; plain http is accepted for loopback addresses only.");
        }
    }

    private Uri? Under(string path) => BaseUrl is null ? null : ApiAddress.Join(BaseUrl, path);

    /// <summary>True for https and wss, and for http and ws to a loopback address (sections 10.2 and 10.3).</summary>
    internal static bool IsSecureOrLoopback(Uri address) =>
        address.Scheme is "https" or "wss" || (address.Scheme is "http" or "ws" && address.IsLoopback);
}

/// <summary>How an account gets its first access token (section 3.1 with decision A1).</summary>
public enum LogInGrant
{
    /// <summary>By the service user's name and password; GoTo refuses it to new OAuth clients.</summary>
    Password,

    /// <summary>By a personal access token; the OAuth client must have that grant switched on.</summary>
    PersonalAccessToken,

    /// <summary>By a person in a browser, once; from then on by refresh token (RFC 6749 section 4.1).</summary>
    AuthorizationCode,
}

/// <summary>How the OAuth client proves itself to the token endpoint (RFC 6749 section 2.3.1).</summary>
public enum ClientAuthentication
{
    /// <summary>Id and secret as HTTP Basic credentials.</summary>
    Basic,

    /// <summary>Id and secret in the body.</summary>
    Body,
}

/// <summary>Where the access token goes when the event WebSocket is opened (section 6.4).</summary>
public enum EventTokenPlacement
{
    /// <summary>In the Authorization header of the upgrade request; it shows in no address or proxy log.</summary>
    Header,

    /// <summary>As <c>token=</c> in the query, the specification's literal form.</summary>
    Query,

    /// <summary>Nowhere: the address that the channel gave is proof enough, as GoTo's public API has it.</summary>
    None,
}
