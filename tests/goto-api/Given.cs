using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GoTo.Simulator.Cloud;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GoTo.Api.Tests;

/// <summary>The simulated cloud, a client of it, and whatever was logged on the way.</summary>
internal sealed class Given : IAsyncDisposable
{
    public const string Number = "+15555550100";
    public const string Caller = "+15555550199";
    public const string LineId = "line_demo1";

    /// <summary>An event stream that does not wait for long.</summary>
    public static readonly EventStreamOptions Quick = new()
    {
        FirstBackOff = TimeSpan.FromMilliseconds(20),
        LongestBackOff = TimeSpan.FromMilliseconds(50),
        ShortestBackOff = TimeSpan.FromMilliseconds(5),
        OverlapOnRenewal = TimeSpan.FromMilliseconds(100),
        Seed = 1,
    };

    private readonly ServiceProvider _services;

    private Given(GoToCloud cloud, ServiceProvider services, LogLines log)
    {
        Cloud = cloud;
        _services = services;
        Log = log;
        Account = Options(cloud);
        Api = services.GetRequiredService<GoToApi>();
        Tokens = new LoggedInAccount(Api.Tokens(Account), TimeProvider.System);
        Sim = new HttpClient { BaseAddress = cloud.BaseUrl };
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public GoToCloud Cloud { get; }

    public GoToApi Api { get; }

    public GoToAccountOptions Account { get; }

    public LoggedInAccount Tokens { get; }

    public LogLines Log { get; }

    public HttpClient Sim { get; }

    public WebCallsClient Calls => Api.WebCalls(Account, Tokens);

    public static async Task<Given> ACloud(
        GoToCloudOptions? options = null, TimeProvider? clientTime = null, TimeProvider? cloudTime = null)
    {
        var log = new LogLines();
        var services = new ServiceCollection();
        services.AddSingleton(clientTime ?? TimeProvider.System);
        services.AddGoToApi();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var provider = services.BuildServiceProvider();
        var cloud = await GoToCloud.Start(
            options ?? new GoToCloudOptions(), cloudTime ?? TimeProvider.System,
            provider.GetRequiredService<ILoggerFactory>(), Cancellation);
        return new Given(cloud, provider, log);
    }

    public static GoToAccountOptions Options(GoToCloud cloud) => new()
    {
        BaseUrl = cloud.BaseUrl,
        ClientId = CloudAccount.Demo.ClientId,
        Username = CloudAccount.Demo.Username,
        Password = CloudAccount.Demo.Password,
    };

    public EventReader OpenEvents(EventStreamOptions? options = null) =>
        new(Api.OpenEventStream(Account, Tokens, options ?? new EventStreamOptions { Seed = 1 }));

    public Task<CallSnapshot> Dial(string to, string key = "dial-1") => Calls.Dial(
        new OutboundCall { To = DialString.Parse(to), LineId = LineId, CallerId = Number, IdempotencyKey = key },
        Cancellation);

    /// <summary>An outbound call to a far end that answers at once, connected.</summary>
    public async Task<string> AnOutboundCall(string to = "tel:+15551234567", string key = "dial-1")
    {
        var callId = (await Dial(to, key)).CallId;
        Assert.Equal(CallState.Connected, (await Calls.Answer(callId, Sdp.Answer, Cancellation)).State);
        return callId;
    }

    /// <summary>An inbound call that we have answered.</summary>
    public async Task<string> AnAnsweredCall()
    {
        var callId = await AnInboundCall();
        await Calls.Answer(callId, Sdp.Answer, Cancellation);
        return callId;
    }

    public async Task<string> AnInboundCall(string sdp = Sdp.Offer)
    {
        var reply = await Sim.PostAsJsonAsync(
            "/_sim/calls", new { from = Caller, to = Number, sdp }, Cancellation);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return body.GetProperty("callId").GetString()!;
    }

    public async Task Do(string path, object? body = null)
    {
        using var reply = await Sim.PostAsJsonAsync($"/_sim/{path}", body ?? new { }, Cancellation);
        Assert.True(reply.IsSuccessStatusCode, $"{path}: {reply.StatusCode}");
    }

    public Task Fault(object fault) => Do("faults", fault);

    public async Task<int> CallCount() => (await State()).GetProperty("calls").GetArrayLength();

    public Task<JsonElement> State() => Sim.GetFromJsonAsync<JsonElement>("/_sim/state", Cancellation);

    public async ValueTask DisposeAsync()
    {
        Sim.Dispose();
        await Cloud.DisposeAsync();
        await _services.DisposeAsync();
    }
}

internal static class Sdp
{
    public const string Offer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=offer\r\n";
    public const string Answer = "v=0\r\no=- 3 4 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=answer\r\n";
}
