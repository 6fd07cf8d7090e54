using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace GoTo.Api;

/// <summary>How often a request may be sent when its outcome is in doubt.</summary>
internal enum RepeatClass
{
    /// <summary>Reads: repeated after any transient failure.</summary>
    Safe,

    /// <summary>Repeating leaves the same state behind: repeated after any transient failure.</summary>
    Idempotent,

    /// <summary>
    /// Repeated only when it surely was not carried out: no connection, 429, or 503 with Retry-After.
    /// </summary>
    Never,
}

/// <summary>One request as a dialect wants it sent.</summary>
/// <param name="Operation">What it does, in words, for errors and logs.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Address">The whole address.</param>
/// <param name="Repeat">How often it may be sent.</param>
internal sealed record ApiRequest(string Operation, HttpMethod Method, Uri Address, RepeatClass Repeat)
{
    public static readonly HttpRequestOptionsKey<RepeatClass> RepeatKey = new("goto.repeat");

    public static readonly HttpRequestOptionsKey<BudgetedRequest> BudgetKey = new("goto.budget");

    public static readonly HttpRequestOptionsKey<string> CertificateKey = new("goto.certificate");

    public JsonObject? Json { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>>? Form { get; init; }

    /// <summary>
    /// What tells the server that two requests are one, so that it carries it out once (decision C23).
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The budget that every attempt draws on, or null when nobody counts.</summary>
    public BudgetedRequest? Budget { get; init; }

    /// <summary>User and password of HTTP Basic, already joined by a colon. Secret.</summary>
    public string? BasicCredentials { get; init; }

    /// <summary>Secrets inside this request, to be taken out of anything that a server echoes.</summary>
    public IReadOnlyList<string?> Secrets { get; init; } = [];

    /// <param name="token">The bearer token, if any.</param>
    /// <param name="certificate">The fingerprint of the certificate to trust; null leaves it to the machine.</param>
    public HttpRequestMessage ToMessage(string? token, string? certificate)
    {
        var message = new HttpRequestMessage(Method, Address);
        if (certificate is not null)
            message.Options.Set(CertificateKey, certificate);
        message.Options.Set(RepeatKey, Repeat);
        if (Budget is not null)
            message.Options.Set(BudgetKey, Budget);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (IdempotencyKey is not null)
            message.Headers.TryAddWithoutValidation("Idempotency-Key", IdempotencyKey);
        if (token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else if (BasicCredentials is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(BasicCredentials)));
        }

        if (Json is not null)
            message.Content = new StringContent(Json.ToJsonString(), Encoding.UTF8, "application/json");
        else if (Form is not null)
            message.Content = new FormUrlEncodedContent(Form);
        return message;
    }
}
