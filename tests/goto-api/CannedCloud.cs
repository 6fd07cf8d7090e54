using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GoTo.Api.Tests;

/// <summary>Replies from a script instead of a server; the last one repeats. Waits pass twenty times as fast.</summary>
internal sealed class CannedCloud : HttpMessageHandler, IAccessTokenSource
{
    public const string Token = "the-secret-access-token";
    public const string Password = "the-secret-password";
    public const string ClientSecret = "the-secret-of-the-client";
    public const string RefreshToken = "the-secret-refresh-token";

    private readonly Queue<Func<HttpResponseMessage>> _replies = new();
    private readonly ServiceProvider _services;
    private int _issued;

    public CannedCloud()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddGoToApi();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddHttpClient(ApiTransport.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => this);
        _services = services.BuildServiceProvider();
        Api = _services.GetRequiredService<GoToApi>();
    }

    public static IReadOnlyList<string> Secrets => [Token, Password, ClientSecret, RefreshToken];

    public HurriedTime Time { get; } = new();

    public LogLines Log { get; } = new();

    public GoToApi Api { get; }

    public GoToAccountOptions Account { get; } = new()
    {
        BaseUrl = new Uri("https://goto.example"),
        ClientId = "client-1",
        ClientSecret = ClientSecret,
        Username = "user-1",
        Password = Password,
    };

    public List<(string Method, string Path, string? Authorization, string Body)> Requests { get; } = [];

    public List<string> IdempotencyKeys { get; } = [];

    public List<string> RejectedTokens { get; } = [];

    public WebCallsClient Calls => Api.WebCalls(Account, this);

    public CannedCloud Replies(
        int status, string body = "", string type = "application/json", string? retryAfter = null)
    {
        _replies.Enqueue(() =>
        {
            var reply = new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8, type),
            };
            if (retryAfter is not null)
                reply.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return reply;
        });
        return this;
    }

    /// <summary>Forgets what it was to reply.</summary>
    public CannedCloud Forget()
    {
        _replies.Clear();
        return this;
    }

    public CannedCloud Fails(HttpRequestError error)
    {
        _replies.Enqueue(() => throw new HttpRequestException(error, "the network failed"));
        return this;
    }

    public ValueTask<string> GetAccessToken(CancellationToken cancellation) =>
        ValueTask.FromResult(_issued == 0 ? Token : $"{Token}-{_issued}");

    public ValueTask Rejected(string token, CancellationToken cancellation)
    {
        RejectedTokens.Add(token);
        _issued++;
        return ValueTask.CompletedTask;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        if (request.Headers.TryGetValues("Idempotency-Key", out var keys))
            IdempotencyKeys.AddRange(keys);
        Requests.Add((
            request.Method.Method, request.RequestUri!.PathAndQuery, request.Headers.Authorization?.ToString(), body));
        var reply = _replies.Count > 1 ? _replies.Dequeue() : _replies.Peek();
        return reply();
    }
}

/// <summary>A clock whose timers go off twenty times as early, and which remembers what was asked of it.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_waits)
                return [.. _waits];
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_waits)
            _waits.Add(dueTime);
        return new HurriedTimer(base.CreateTimer(callback, state, Hurry(dueTime), period));
    }

    private static TimeSpan Hurry(TimeSpan time) => time > TimeSpan.Zero ? time / 20 : time;

    private sealed class HurriedTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hurry(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
