using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text;
using System.Web;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Client;
using GoTo.Silo;
using GoTo.Simulator.Cloud;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace GoTo.EndToEnd.Tests;

/// <summary>
/// A silo with marked secrets, led through its failures; then everything that it emitted is searched: logs at every level,
/// traces, metrics with their tags, the dashboard's pages, what clients are told, and the rows at rest.
/// </summary>
public sealed class SecretsTests
{
    private const string Password = "marked-password-7c1f";
    private const string ClientSecret = "marked-client-secret-7c1f";
    private const string PersonalToken = "marked-personal-token-7c1f";

    /// <summary>A login code that nobody gave out.</summary>
    private const string WrongCode = "marked-code-7c1f";

    /// <summary>Access tokens, refresh tokens and login codes of the simulated cloud begin with these.</summary>
    private static readonly string[] Marks = ["-7c1f", "simat_", "simrt_", "simac_", World.RoomSecret];

    private readonly ConcurrentQueue<string> _emitted = new();

    [Theory]
    [InlineData(LogInGrant.PersonalAccessToken, false)]
    [InlineData(LogInGrant.Password, true)]
    [InlineData(LogInGrant.AuthorizationCode, true)]
    public async Task No_failure_shows_a_secret_in_anything_that_a_silo_emits(LogInGrant grant, bool postgreSql)
    {
        await using var world = await World.Start(account => account with
        {
            ClientSecret = ClientSecret, Password = Password, PersonalAccessToken = PersonalToken,
        });
        var settings = postgreSql ? world.ClusterSettings(silos: 1)[0] : world.SiloSettings();
        var account = $"GoTo:Accounts:{World.Account}";
        settings[$"{account}:Grant"] = $"{grant}";
        settings[$"{account}:ClientSecret"] = ClientSecret;
        settings[$"{account}:Password"] = Password;
        settings[$"{account}:PersonalAccessToken"] = PersonalToken;
        settings[$"{account}:AccountKey"] = CloudAccount.Demo.Key;
        // The place from which a token gets into addresses.
        settings[$"{account}:EventToken"] = "Query";
        using var traces = Traces();
        using var metrics = Metrics();
        using var sim = new HttpClient { BaseAddress = world.Cloud.BaseUrl };
        await using (var silo = GoToSilo.Create(["--urls", "http://127.0.0.1:0"], builder => Configure(builder, settings)))
        {
            await silo.StartAsync(TestContext.Current.CancellationToken);
            var goTo = silo.Services.GetRequiredService<IGoTo>();
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            if (grant is LogInGrant.AuthorizationCode)
            {
                await LogInBadly(grains, () => Post("_sim/faults", new { path = "/oauth/token", status = 500, body = "html" }));
                await LogIn(grains);
            }

            await ChannelUp(goTo);
            foreach (var status in new[] { 400, 401, 403, 404, 409, 429, 500, 503 })
            {
                await Post("_sim/faults", new { path = "/answer", status, retryAfter = "seconds" });
                await using var phone = world.Dial(Speech.Short);
                await phone.IsOver();
            }

            await Post("_sim/tokens/expire", new { refreshTokens = true });
            foreach (var status in new[] { 400, 401, 403, 500 })
                await Post("_sim/faults", new { path = "/oauth/token", status, body = "html" });
            foreach (var status in new[] { 401, 403, 410, 503 })
                await Post("_sim/faults", new { path = "/v1/notifications", method = "GET", status });
            await Post("_sim/sockets/drop", new { });
            await Until.True(
                async () => Tell($"{await goTo.Channel(World.Account)}") && !(await goTo.Channel(World.Account)).Connected,
                TimeSpan.FromSeconds(30), "the channel is lost");
            using (var refused = await sim.DeleteAsync(new Uri("_sim/faults", UriKind.Relative), TestContext.Current.CancellationToken))
                refused.EnsureSuccessStatusCode();
            // Its refresh token is gone, and a person has to come again.
            if (grant is LogInGrant.AuthorizationCode) await LogIn(grains);
            await ChannelUp(goTo);
            await VisitDashboard(silo);
            metrics.RecordObservableInstruments();
            await silo.StopAsync(TestContext.Current.CancellationToken);
        }

        if (postgreSql) await ReadPostgreSql(settings["ConnectionStrings:PostgreSql"]!);
        else await ReadSqlite(settings["GoTo:Cluster:SqliteFile"]!);
        AssertSaid(
            "AccountGrain OK", "EventChannelGrain OK", "SealedTokens", "goto.api.request.duration", "GetAccessToken", "/oauth/token", "EventChannelGrain");
        foreach (var line in _emitted)
        {
            Assert.All(Marks, mark => Assert.True(
                line.IndexOf(mark, StringComparison.Ordinal) is var at && at < 0,
                $"'{mark}' is in: {line[Math.Max(0, at - 200)..Math.Min(line.Length, Math.Max(0, at) + 60)]}"));
        }

        async Task Post<T>(string path, T body)
        {
            using var reply = await sim.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
            reply.EnsureSuccessStatusCode();
        }
    }

    private void Configure(WebApplicationBuilder builder, Dictionary<string, string?> settings)
    {
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddGoToCalls();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Lines(_emitted));
    }

    /// <summary>Nobody began it, GoTo does not know the code, GoTo is out of order.</summary>
    private async Task LogInBadly(IGrainFactory grains, Func<Task> breakTokens)
    {
        var logIn = grains.GetGrain<IAccountLogInGrain>(World.Account);
        await Fails(logIn.Complete(WrongCode, "a-state-of-nobody"));
        await Fails(logIn.Complete(WrongCode, (await Begin(logIn)).State));
        var (code, state) = await Visit(logIn);
        await breakTokens();
        await Fails(logIn.Complete(code, state));

        async Task Fails(Task completing) => Tell($"{await Assert.ThrowsAsync<AccountLogInException>(() => completing)}");
    }

    private static async Task LogIn(IGrainFactory grains)
    {
        var logIn = grains.GetGrain<IAccountLogInGrain>(World.Account);
        var (code, state) = await Visit(logIn);
        Assert.Empty(await logIn.Complete(code, state));
    }

    /// <summary>A person goes to GoTo, agrees, and comes back with a code.</summary>
    private static async Task<(string Code, string State)> Visit(IAccountLogInGrain logIn)
    {
        var (address, state) = await Begin(logIn);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var reply = await browser.GetAsync(address, TestContext.Current.CancellationToken);
        return (HttpUtility.ParseQueryString(reply.Headers.Location!.Query)["code"]!, state);
    }

    private static async Task<(Uri Address, string State)> Begin(IAccountLogInGrain logIn)
    {
        var address = await logIn.Begin(new Uri("http://localhost:9/goto-login"));
        return (address, HttpUtility.ParseQueryString(address.Query)["state"]!);
    }

    private async Task ReadSqlite(string file)
    {
        foreach (var part in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.db*"))
            _emitted.Enqueue($"{part}: {Encoding.Latin1.GetString(await File.ReadAllBytesAsync(part, TestContext.Current.CancellationToken))}");
    }

    /// <summary>Every row of every table, this silo's and all others'.</summary>
    private async Task ReadPostgreSql(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        var tables = new List<string>();
        await using (var found = source.CreateCommand("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
        await using (var rows = await found.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await rows.ReadAsync(TestContext.Current.CancellationToken)) tables.Add(rows.GetString(0));
        }

        foreach (var table in tables)
        {
            await using var all = source.CreateCommand($"SELECT * FROM \"{table}\"");
            await using var rows = await all.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            {
                var fields = Enumerable.Range(0, rows.FieldCount).Select(rows.GetValue)
                    .Select(value => value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}");
                _emitted.Enqueue($"{table}: {string.Join(' ', fields)}");
            }
        }
    }

    private async Task ChannelUp(IGoTo goTo) => await Until.True(
        async () => Tell($"{await goTo.Channel(World.Account)}") && (await goTo.Channel(World.Account)).Connected,
        TimeSpan.FromSeconds(90), "the event channel is connected");

    /// <summary>Every page that shows anything of ours, and the state of each grain that holds a token.</summary>
    private async Task VisitDashboard(WebApplication silo)
    {
        using var http = new HttpClient { BaseAddress = new Uri(silo.Urls.First()) };
        string[] pages =
        [
            "index.html", "DashboardCounters", "ClusterStats", "GrainTypes", "TopGrainMethods", "Trace",
            "GrainStats/GoTo.Accounts.AccountGrain", "GrainStats/GoTo.Events.EventChannelGrain",
            $"GrainState?grainId={World.Account}&grainType=GoTo.Accounts.AccountGrain",
            $"GrainState?grainId={World.Account}&grainType=GoTo.Events.EventChannelGrain",
        ];
        foreach (var page in pages)
        {
            using var reply = await http.GetAsync(new Uri($"/dashboard/{page}", UriKind.Relative), TestContext.Current.CancellationToken);
            _emitted.Enqueue($"{page} {reply.StatusCode}: {await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        }
    }

    private ActivityListener Traces()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _emitted.Enqueue(
                $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects)} "
                + string.Join(' ', span.Events.SelectMany(e => e.Tags))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private MeterListener Metrics()
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, metrics) => metrics.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<double>(Measured);
        listener.SetMeasurementEventCallback<long>(Measured);
        listener.SetMeasurementEventCallback<int>(Measured);
        listener.Start();
        return listener;
    }

    private void Measured<T>(Instrument instrument, T measured, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _emitted.Enqueue($"{instrument.Name} {measured} {string.Join(' ', tags.ToArray())}");

    private bool Tell(string line)
    {
        _emitted.Enqueue(line);
        return true;
    }

    /// <summary>The search would find nothing where nothing was said.</summary>
    private void AssertSaid(params string[] texts) => Assert.All(
        texts, text => Assert.Contains(_emitted, line => line.Contains(text, StringComparison.Ordinal)));

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
