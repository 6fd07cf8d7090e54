using System.Net.Http.Json;
using System.Text.Json;
using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Transfers;

namespace GoTo.EndToEnd.Tests;

/// <summary>
/// A warm transfer whose silo is killed at each of its steps, and while GoTo has each of its requests: nobody is left
/// waiting, nobody is called twice, and what came of it is told truly by the silo that comes after.
/// </summary>
public sealed class WarmTransferCrashTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private World _world = null!;
    private Dictionary<string, string?> _settings = null!;
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.Start();
        _settings = _world.SiloSettings();
        _http = new HttpClient { BaseAddress = _world.Cloud.BaseUrl };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_killed_at_any_step_of_a_warm_transfer_strands_nobody_and_dials_once() => await KilledAt(
        isCalledOff: false,
        new Death<CallerClaimed>(), new Death<CallerClaimed>("/hold"), new Death<CallerHeld>(), new Death<ConsultIntended>("/calls"),
        new Death<ConsultPlaced>(), new Death<ConsultConnected>(), new Death<CompletionIntended>(),
        new Death<CompletionIntended>("/warm-transfer"), new Death<CompletionAccepted>());

    [Fact]
    public async Task A_silo_killed_at_any_step_of_undoing_one_strands_nobody() => await KilledAt(
        isCalledOff: true,
        new Death<TransferGivenUp>(), new Death<TransferGivenUp>("/hangup"), new Death<ConsultDropped>("/resume"),
        new Death<CallerResumed>(), new Death<ConsultEnded>());

    /// <summary>One silo after the other: each is killed in the middle of a transfer, and the next finds what is left of it.</summary>
    private async Task KilledAt(bool isCalledOff, params Death[] deaths)
    {
        var silo = await SiloProcess.Start(_settings);
        try
        {
            foreach (var death in deaths)
            {
                await using var target = await TransferScene.ConnectTarget(_world);
                await using var service = await Service.Connect(_settings);
                await service.ChannelUp(Limit);
                await using var talk = await Talk.Inbound(_world, service);
                var transfer = await Run(service, talk, target, death, isCalledOff);
                await silo.Kill();
                await silo.DisposeAsync();
                silo = await SiloProcess.Start(_settings);
                await IsSettled(death, isCalledOff, transfer, talk, target);
            }
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    /// <summary>A transfer goes on until it comes to where its silo is to die.</summary>
    private async Task<IWarmTransferGrain> Run(Service service, Talk talk, TonePhone target, Death death, bool isCalledOff)
    {
        if (death.During is { } path)
        {
            // GoTo takes its time with this one, does it, and finds nobody to answer.
            var fault = new { path, delayMs = 1_500, method = path is "/calls" ? "POST" : null };
            (await _http.PostAsJsonAsync("/_sim/faults", fault, Stop)).EnsureSuccessStatusCode();
        }
        var transfer = service.Cluster.WarmTransfer(talk.Call, CommandId.New());
        var begun = transfer.Begin(TransferScene.To(), Stop);
        begun.Ignore();
        var answering = Answer(target);
        answering.Ignore();
        var at = 0L;
        while (true)
        {
            await foreach (var entry in WatchFrom(transfer, begun, at))
            {
                at = entry.Version;
                if (death.IsAt(entry.Event))
                {
                    if (death.During is { } request)
                        await Until.True(async () => IsDone(request, talk.Call.CallId, await CallsAtGoTo()), Limit, $"GoTo has done {request}");
                    return transfer;
                }
                if (entry.Event is not ConsultConnected) continue;
                if (isCalledOff) await transfer.Cancel(Stop);
                else await transfer.Complete(Stop);
            }
        }
    }

    /// <summary>GoTo has carried the request out; nobody was told.</summary>
    private static bool IsDone(string request, string caller, IReadOnlyList<JsonElement> calls)
    {
        var (state, consult) = (Text(Of(caller, calls), "state"), Consults(caller, calls).LastOrDefault());
        return request switch
        {
            "/hold" => state is "held",
            "/resume" => state is "connected",
            "/warm-transfer" => state is "transferred" or "ended",
            "/calls" => consult.ValueKind is JsonValueKind.Object,
            _ => consult.ValueKind is JsonValueKind.Object && Text(consult, "state") is "ended",
        };
    }

    private async Task<IReadOnlyList<JsonElement>> CallsAtGoTo() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>("/_sim/state", Stop)).GetProperty("calls").EnumerateArray()];

    private static JsonElement Of(string id, IReadOnlyList<JsonElement> calls) => calls.Single(call => Text(call, "callId") == id);

    private static IEnumerable<JsonElement> Consults(string caller, IReadOnlyList<JsonElement> calls) =>
        calls.Where(call => Text(call, "direction") == "outbound" && CreatedAt(call) >= CreatedAt(Of(caller, calls)));

    private static DateTimeOffset CreatedAt(JsonElement call) => call.GetProperty("createdAt").GetDateTimeOffset();

    private static async IAsyncEnumerable<TransferJournalEntry> WatchFrom(IWarmTransferGrain transfer, Task begun, long at)
    {
        if (at == 0) await Until.True(async () => begun.IsCompleted || await Service.Asked(() => IsKnown(transfer)), Limit, "the transfer is begun");
        await foreach (var entry in transfer.Watch(at, Stop)) yield return entry;
    }

    private static async Task<bool> IsKnown(IWarmTransferGrain transfer)
    {
        try
        {
            return (await transfer.Describe()).Version > 0;
        }
        catch (TransferNotFoundException)
        {
            return false;
        }
    }

    private static async Task Answer(TonePhone target)
    {
        await target.Phone.Rings(Stop);
        await target.Phone.Answer();
    }

    /// <summary>The next silo tells what came of it, and GoTo and the phones agree.</summary>
    private async Task IsSettled(Death death, bool isCalledOff, IWarmTransferGrain transfer, Talk talk, TonePhone target)
    {
        var outcome = await GoesOn(transfer, isCalledOff).Within(Limit, $"the transfer whose silo died at {death} is over");
        if (outcome.Result is TransferResult.Completed)
        {
            await Task.WhenAll(talk.Phone.Hears(TransferScene.Target), target.Hears(TransferScene.Caller));
        }
        else
        {
            // The audio died with its silo: GoTo has passed the caller on, and neither phone is left in a call without any.
            await talk.Phone.Told("ended", "reason");
            await target.Hears();
        }
        var calls = await CallsAtGoTo();
        Assert.Equal("ended", Text(Of(talk.Call.CallId, calls), "state"));
        var consults = Consults(talk.Call.CallId, calls).Select(call => Text(call, "state")).ToList();
        Assert.True(
            consults is [] or ["ended"], $"Its silo died at {death}: the target was called {consults.Count} times, [{string.Join(", ", consults)}].");
    }

    /// <summary>A caller who waits on hold needs none of the audio that died: the target may be briefed and take the caller over.</summary>
    private static async Task<TransferOutcome> GoesOn(IWarmTransferGrain transfer, bool isCalledOff)
    {
        var over = transfer.WhenOver(Stop);
        await Until.True(
            async () => over.IsCompleted || await Service.Asked(async () => (await transfer.Describe()).Phase is TransferPhase.Briefing),
            Limit, "the transfer is over, or in the briefing");
        if (over.IsCompleted) return await over;
        try
        {
            await (isCalledOff ? transfer.Cancel(Stop) : transfer.Complete(Stop));
        }
        catch (TransferTransitionException)
        {
            // It is over meanwhile, or being undone.
        }
        return await over;
    }

    private static string? Text(JsonElement call, string name) => call.GetProperty(name).GetString();

    /// <summary>Where a silo dies: at a step of the transfer, while GoTo has a request or not.</summary>
    private abstract record Death(string? During)
    {
        public abstract bool IsAt(TransferEvent happened);
    }

    private sealed record Death<T>(string? During = null) : Death(During)
        where T : TransferEvent
    {
        public override bool IsAt(TransferEvent happened) => happened is T;

        public override string ToString() => During is null ? typeof(T).Name : $"{typeof(T).Name}, with {During} on its way";
    }
}
