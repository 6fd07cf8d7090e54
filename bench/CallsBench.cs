using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using GoTo.Calls;
using GoTo.Demo;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Bench;

/// <summary>
/// Call control at a rate: so many calls a minute come in, and each is answered, held, resumed, and hung up or transferred
/// by turns. The production silo, with its storage, and GoTo's cloud and the room server as simulated are in this one
/// process. Each call joins its room with real media; the phones have none, and no agent comes: it is the services' commands
/// that are measured, not audio.
/// </summary>
internal sealed class CallsBench(DemoHouse house, HttpClient cloud)
{
    private const double WantedMilliseconds = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(60);

    private readonly IGrainFactory _grains = house.Silo.Services.GetRequiredService<IGrainFactory>();
    private readonly string _offer = Offer();
    private readonly ConcurrentQueue<double> _setUps = new();
    private readonly ConcurrentQueue<double> _receipts = new();
    private readonly ConcurrentQueue<double> _outcomes = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<long> _ends = new();

    public static async Task<int> Run(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var store = settings["store"] ?? "sqlite";
        if (store is not ("sqlite" or "postgresql"))
        {
            await Console.Error.WriteLineAsync("--store is sqlite or postgresql");
            return 2;
        }
        var wanted = int.Parse(settings["calls"] ?? (store == "sqlite" ? "1000" : "5000"), CultureInfo.InvariantCulture);
        var minutes = double.Parse(settings["minutes"] ?? "0.5", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("goto-bench-");
        try
        {
            await using var house = await DemoHouse.Build(
                Options(store, settings["postgresql"], folder.FullName), NullLoggerFactory.Instance, CancellationToken.None);
            using var cloud = new HttpClient { BaseAddress = house.Cloud.BaseUrl };
            await new CallsBench(house, cloud).Calls(100, wanted); // the compiler's share of the first calls is not measured
            var bench = new CallsBench(house, cloud);
            await bench.Calls((int)(wanted * minutes), wanted);
            return bench.Report(store, wanted);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DemoOptions Options(string store, string? postgreSql, string folder)
    {
        var run = $"bench-{Guid.NewGuid():N}";
        var settings = new Dictionary<string, string?>
        {
            [$"GoTo:Accounts:{DemoHouse.Account}:CallControlLimit"] = "1000000",
            ["GoTo:Numbers:0:Agent"] = "nobody",
            ["GoTo:Numbers:0:AgentTimeout"] = "00:01:00",
            ["GoTo:Cluster:ServiceId"] = run,
            ["GoTo:Cluster:ClusterId"] = run,
        };
        if (store == "postgresql")
        {
            settings["ConnectionStrings:PostgreSql"] = postgreSql
                ?? throw new ArgumentException("--store postgresql needs --postgresql \"Host=…;Username=…;Database=…\".");
        }
        return new DemoOptions
        {
            DashboardPort = 0, CloudPort = 0, RoomServerPort = 0, SiloPort = 0, GatewayPort = 0,
            SqliteFile = Path.Combine(folder, "goto.db"), SiloSettings = settings,
        };
    }

    /// <summary>So many calls, each begun at its time, whatever the others do.</summary>
    private async Task Calls(int count, int aMinute)
    {
        var started = Stopwatch.GetTimestamp();
        var calls = new List<Task>(count);
        for (var number = 0; number < count; number++)
        {
            var due = TimeSpan.FromMinutes((double)number / aMinute) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.Zero) await Task.Delay(due);
            calls.Add(Call(number));
        }
        await Task.WhenAll(calls);
    }

    private async Task Call(int number)
    {
        try
        {
            using var limit = new CancellationTokenSource(LongestCall);
            var call = await Ring(limit.Token);
            await Do(call, "answer", id => call.Answer(id, limit.Token), _setUps, limit.Token);
            await Task.Delay(Pause, limit.Token);
            await Do(call, "hold", id => call.Hold(id, limit.Token), _outcomes, limit.Token);
            await Task.Delay(Pause, limit.Token);
            await Do(call, "resume", id => call.Resume(id, limit.Token), _outcomes, limit.Token);
            if (number % 2 == 0) await Do(call, "hang up", id => call.HangUp(HangUpReason.Normal, id, limit.Token), _outcomes, limit.Token);
            else await Do(call, "transfer", id => call.BlindTransfer("ext:1001", id, limit.Token), _outcomes, limit.Token);
            _ends.Enqueue(Stopwatch.GetTimestamp());
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or HttpRequestException or OrleansException or InvalidOperationException)
        {
            _failures.Enqueue(e.Message);
        }
    }

    /// <summary>A phone dials, and the cluster knows of it.</summary>
    private async Task<ICallGrain> Ring(CancellationToken stop)
    {
        using var reply = await cloud.PostAsJsonAsync(
            "/_sim/calls", new { from = "+15551234567", to = DemoHouse.Number, sdp = _offer }, stop);
        reply.EnsureSuccessStatusCode();
        var id = (string)(await reply.Content.ReadFromJsonAsync<JsonObject>(stop))!["callId"]!;
        var call = _grains.Call(new CallKey(DemoHouse.Account, id));
        while (true)
        {
            try
            {
                await call.Describe();
                return call;
            }
            catch (CallNotFoundException)
            {
                await Task.Delay(Look, stop);
            }
        }
    }

    /// <summary>A command: how long until its intent was in the journal, and until it was done.</summary>
    private async Task Do(
        ICallGrain call, string name, Func<CommandId, Task<CommandReceipt>> ask, ConcurrentQueue<double> outcomes, CancellationToken stop)
    {
        var (id, asked) = (CommandId.New(), Stopwatch.GetTimestamp());
        await ask(id);
        _receipts.Enqueue(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        var outcome = await call.WhenSettled(id, stop);
        outcomes.Enqueue(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        if (!outcome.IsDone) throw new InvalidOperationException($"{name}: {outcome.Result} {outcome.Failure} {outcome.Detail}");
    }

    private int Report(string store, int wanted)
    {
        // Calls end at the pace at which they begin, unless the silo falls behind.
        var rate = _ends.Count < 2 ? 0 : (_ends.Count - 1) / Stopwatch.GetElapsedTime(_ends.Min(), _ends.Max()).TotalMinutes;
        var p99 = At(_receipts, 0.99);
        Console.WriteLine(
            $"{store}: {rate:N0} calls a minute (wanted {wanted:N0}); a command returned in p50 {At(_receipts, 0.5):0.0} ms, p99 {p99:0.0} ms "
            + $"(wanted < {WantedMilliseconds}); was done in p50 {At(_outcomes, 0.5):0.0} ms, p99 {At(_outcomes, 0.99):0.0} ms; "
            + $"room and answer p50 {At(_setUps, 0.5):0} ms, p99 {At(_setUps, 0.99):0} ms; "
            + $"{_ends.Count:N0} calls, {_receipts.Count:N0} commands, {_failures.Count} calls failed");
        foreach (var failure in _failures.CountBy(text => text).OrderByDescending(kind => kind.Value).Take(3))
            Console.WriteLine($"  {failure.Value} x {failure.Key}");
        return rate >= wanted * 0.98 && p99 < WantedMilliseconds && _failures.IsEmpty ? 0 : 1;
    }

    private static double At(IEnumerable<double> times, double part)
    {
        var sorted = times.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)((sorted.Length - 1) * part)];
    }

    /// <summary>The specification's own example of an offer: it names no address, so nothing is ever sent to this phone.</summary>
    private static string Offer()
    {
        using var sample = new StreamReader(typeof(CallsBench).Assembly.GetManifestResourceStream("goto-specification.sdp")!);
        return sample.ReadToEnd();
    }
}
