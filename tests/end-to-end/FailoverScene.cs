using System.Net.Http.Json;
using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Transfers;

namespace GoTo.EndToEnd.Tests;

/// <summary>Where in a warm transfer a silo dies.</summary>
/// <param name="Step">The request of the step, as its path ends; null when the transfer waits for somebody: <paramref name="Waits"/>.</param>
/// <param name="Done">GoTo has carried it out and has told nobody; else it never gets it.</param>
/// <param name="Waits">The phase that the transfer waits in.</param>
/// <param name="CalledOff">The transfer is called off in the briefing; else it is completed.</param>
public sealed record Death(string? Step, bool Done, TransferPhase? Waits = null, bool CalledOff = false)
{
    /// <summary>
    /// Before and after each step, in the order in which they can be brought about side by side. What GoTo's event tells of
    /// before its reply (hold, hang-up, resume) is known when it is done: after it is before the next step.
    /// </summary>
    public static IReadOnlyList<Death> All { get; } =
    [
        new(null, false, TransferPhase.Ringing), new(null, false, TransferPhase.Briefing), new("/calls", false), new("/calls", true),
        new("/hold", false), new("/warm-transfer", false), new("/warm-transfer", true),
        new("/hangup", false, CalledOff: true), new("/resume", false, CalledOff: true), new("/resume", true, CalledOff: true),
    ];

    public override string ToString() => Step is null ? $"{Waits}" : $"{(Done ? "after" : "before")} {Step}";
}

/// <summary>
/// One warm transfer on its way to where a silo dies, and on from there: whoever drives it knows nothing of silos and asks again
/// when one is gone, as any service would.
/// </summary>
internal sealed class FailoverScene : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Shorter than the silo waits for a reply, longer than all scenes need to come to their deaths.</summary>
    private const int Frozen = 9_000;

    private readonly HttpClient _cloud;
    private readonly TaskCompletionSource _proceed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _driving = Task.CompletedTask;

    private FailoverScene(HttpClient cloud, Death death, Talk talk, TonePhone target, string number, IWarmTransferGrain transfer) =>
        (_cloud, Death, Talk, Target, Number, Transfer) = (cloud, death, talk, target, number, transfer);

    public Death Death { get; }

    public Talk Talk { get; }

    public TonePhone Target { get; }

    public string Number { get; }

    private IWarmTransferGrain Transfer { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<FailoverScene> Prepare(World world, Service service, HttpClient cloud, Death death, int index)
    {
        var number = $"+1555124{index:0000}";
        var target = await TransferScene.ConnectTarget(world, number);
        var talk = await Talk.Inbound(world, service);
        return new FailoverScene(cloud, death, talk, target, number, service.Cluster.WarmTransfer(talk.Call, CommandId.New()));
    }

    /// <summary>Asks for the transfer, and goes on with it; completes when it stands where the silo is to die.</summary>
    public async Task Begin()
    {
        if (Death.Step is "/calls") await Freeze("/calls", "POST");
        else if (Death.Step is { } step and not "/hangup") await Freeze($"/{Talk.Call.CallId}{step}", null);
        _driving = Drive();
        _driving.Ignore();
        if (Death.Waits is { } phase) await Reaches(phase);
        else await _armed.Task.Within(Limit, () => $"{Death} is near");
    }

    /// <summary>Goes on where it waited, after the silo has died.</summary>
    public void GoOn() => _proceed.TrySetResult();

    /// <summary>What became of it, as whoever drives it is told.</summary>
    public async Task<TransferOutcome> IsOver()
    {
        GoOn();
        await _driving.Within(Limit, () => $"the transfer whose silo died {Death} goes on");
        return await Asked(() => Transfer.WhenOver(Stop)).Within(Limit, $"the transfer whose silo died {Death} is over");
    }

    public async ValueTask DisposeAsync()
    {
        GoOn();
        await _driving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Target.DisposeAsync();
        await Talk.DisposeAsync();
    }

    private async Task Drive()
    {
        var answering = Answer();
        answering.Ignore();
        if (Death.Step is "/calls" or "/hold") _armed.TrySetResult();
        await Asked(async () => { await Transfer.Begin(TransferScene.To($"tel:{Number}"), Stop); return true; });
        await Until.True(
            async () => await Asked(Transfer.Describe) is { Phase: TransferPhase.Briefing } or { Outcome: not null }, Limit, $"{Death}: the briefing begins");
        if (Death.Waits is TransferPhase.Briefing) await _proceed.Task;
        if (Death.Step is "/hangup" && (await Asked(Transfer.Describe)).Consult is { } consult) await Freeze($"/{consult.CallId}/hangup", null);
        await Asked(async () =>
        {
            try
            {
                await (Death.CalledOff ? Transfer.Cancel(Stop) : Transfer.Complete(Stop));
            }
            catch (TransferTransitionException)
            {
                // It is over, or being undone: its outcome tells.
            }
            return true;
        });
        _armed.TrySetResult();
    }

    private async Task Answer()
    {
        await Target.Phone.Rings(Stop);
        if (Death.Waits is TransferPhase.Ringing) await _proceed.Task;
        await Target.Phone.Answer();
    }

    private Task Reaches(TransferPhase phase) => Until.True(
        async () =>
        {
            try
            {
                return (await Transfer.Describe()).Phase == phase;
            }
            catch (TransferNotFoundException)
            {
                return false;
            }
        },
        Limit, $"the transfer is {phase}");

    private async Task Freeze(string path, string? method)
    {
        object fault = Death.Done
            ? new { path, method, delayMs = Frozen }
            : new { path, method, delayMs = Frozen, drop = true };
        (await _cloud.PostAsJsonAsync("/_sim/faults", fault, Stop)).EnsureSuccessStatusCode();
    }

    /// <summary>Asks until somebody answers: the silo that was asked may be gone.</summary>
    private static async Task<T> Asked<T>(Func<Task<T>> question)
    {
        while (true)
        {
            try
            {
                return await question();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                await Task.Delay(Pause, Stop);
            }
        }
    }
}
