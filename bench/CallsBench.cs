using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.Bench;

/// <summary>
/// Call control at a rate: so many calls a minute come in, each at its time whatever the others do, and each is answered,
/// held, resumed, and hung up or transferred by turns, by the cluster's client. Each call joins its room with real media;
/// the phones have none, and no agent comes: it is the services' commands that are measured, not audio.
/// </summary>
internal sealed class CallsBench(CallsHouse house, HttpClient cloud)
{
    private const double WantedMilliseconds = 50;

    /// <summary>The compiler's share of the first calls is not measured.</summary>
    private const double WarmUpMinutes = 1.0 / 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(60);

    private readonly string _offer = Offer();
    private readonly ConcurrentDictionary<CallKey, TaskCompletionSource> _arrivals = new();
    private readonly ConcurrentQueue<double> _late = new();
    private readonly ConcurrentQueue<double> _setUps = new();
    private readonly ConcurrentQueue<double> _receipts = new();
    private readonly ConcurrentQueue<double> _outcomes = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<long> _ends = new();

    public static async Task<int> Run(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var store = settings["store"] ?? "sqlite";
        if (store is not ("sqlite" or "postgresql") || store is "postgresql" && settings["postgresql"] is null)
        {
            await Console.Error.WriteLineAsync("--store is sqlite, or postgresql with --postgresql \"Host=…;Username=…;Database=…\"");
            return 2;
        }
        var wanted = int.Parse(settings["calls"] ?? (store == "sqlite" ? "1000" : "5000"), CultureInfo.InvariantCulture);
        var minutes = double.Parse(settings["minutes"] ?? "1", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("goto-bench-");
        try
        {
            await using var house = await CallsHouse.Build(
                store == "sqlite"
                    ? ("GoTo:Cluster:SqliteFile", Path.GetFullPath(settings["keep"] ?? Path.Combine(folder.FullName, "goto.db")))
                    : ("ConnectionStrings:PostgreSql", settings["postgresql"]!),
                folder.FullName);
            using var cloud = new HttpClient { BaseAddress = house.CloudUrl };
            await new CallsBench(house, cloud).Calls((int)(wanted * WarmUpMinutes), wanted);
            var bench = new CallsBench(house, cloud);
            var (began, before) = (Stopwatch.GetTimestamp(), CpuUse.Of(house));
            await bench.Calls((int)(wanted * minutes), wanted);
            return bench.Report(store, wanted, CpuUse.Of(house).Since(before, Stopwatch.GetElapsedTime(began)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>So many calls, each begun at its time, whatever the others do.</summary>
    private async Task Calls(int count, int aMinute)
    {
        using var stop = new CancellationTokenSource();
        var watching = WatchArrivals(stop.Token);
        var started = Stopwatch.GetTimestamp();
        var calls = new List<Task>(count);
        for (var number = 0; number < count; number++)
        {
            var due = TimeSpan.FromMinutes((double)number / aMinute);
            if (due - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } wait) await Task.Delay(wait);
            _late.Enqueue((Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds);
            calls.Add(Call(number));
        }
        await Task.WhenAll(calls);
        await stop.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The tenant's feed tells of each call when it has come in, as it tells any service.</summary>
    private async Task WatchArrivals(CancellationToken stop)
    {
        for (var after = 0L; ;)
        {
            await foreach (var call in house.Grains.Tenant(CallsHouse.Tenant).Watch(after, stop))
            {
                after = call.Version;
                Arrival(call.Call).TrySetResult();
            }
        }
    }

    private TaskCompletionSource Arrival(CallKey call) =>
        _arrivals.GetOrAdd(call, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

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
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or HttpRequestException or OrleansException
            or CallTransitionException or InvalidOperationException)
        {
            _failures.Enqueue(e.Message);
        }
    }

    /// <summary>A phone dials, and the cluster knows of it.</summary>
    private async Task<ICallGrain> Ring(CancellationToken stop)
    {
        using var reply = await cloud.PostAsJsonAsync(
            "/_sim/calls", new { from = "+15551234567", to = CallsHouse.Number, sdp = _offer }, stop);
        reply.EnsureSuccessStatusCode();
        var call = new CallKey(CallsHouse.Account, (string)(await reply.Content.ReadFromJsonAsync<JsonObject>(stop))!["callId"]!);
        await Arrival(call).Task.WaitAsync(stop);
        return house.Grains.Call(call);
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

    private int Report(string store, int wanted, string cpu)
    {
        // Calls end at the pace at which they begin, unless the silo falls behind.
        var rate = _ends.Count < 2 ? 0 : (_ends.Count - 1) / Stopwatch.GetElapsedTime(_ends.Min(), _ends.Max()).TotalMinutes;
        Console.WriteLine(
            $"{store}: {rate:N0} calls a minute (wanted {wanted:N0}), {_ends.Count:N0} calls, {_receipts.Count:N0} commands, {_failures.Count} calls failed\n"
            + $"  a command returned in  {Times(_receipts)} (wanted p99 < {WantedMilliseconds})\n"
            + $"  a command was done in  {Times(_outcomes)}\n"
            + $"  room and answer in     {Times(_setUps)}\n"
            + $"  a call began late by   {Times(_late)}\n"
            + $"  {cpu}");
        foreach (var failure in _failures.CountBy(text => text).OrderByDescending(kind => kind.Value).Take(3))
            Console.WriteLine($"  {failure.Value} x {failure.Key}");
        return rate >= wanted * 0.98 && At(_receipts, 0.99) < WantedMilliseconds && _failures.IsEmpty ? 0 : 1;
    }

    private static string Times(IReadOnlyCollection<double> times) =>
        $"p50 {At(times, 0.5):0.0} ms, p99 {At(times, 0.99):0.0} ms, most {At(times, 1):0.0} ms";

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
