using System.Collections.Concurrent;
using GoTo.Calls;
using GoTo.Simulator.Phones;
using GoTo.WebRtc;

namespace GoTo.EndToEnd.Tests;

/// <summary>One call of a scripted phone, as it happens.</summary>
internal sealed class PhoneInCall : IAsyncDisposable
{
    private static readonly TimeSpan RingLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StageLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRing = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<PhoneStage, TaskCompletionSource<string?>> _stages = new();
    private readonly CancellationTokenSource _drop = new();
    private readonly Task<PhoneReport> _report;

    public PhoneInCall(RtcEngine engine, Uri phoneSocket, string to, IEnumerable<OpusPacket> speech)
    {
        var script = new PhoneScript
        {
            From = "+15551234567", To = to, Audio = speech, AnswerTimeout = LongestRing, EchoTimeout = TimeSpan.FromSeconds(5),
        };
        _report = new ScriptedPhone(engine, TimeProvider.System).Call(
            phoneSocket, script, step => Stage(step.Stage).TrySetResult(step.Detail), _drop.Token);
    }

    /// <summary>Waits until it rings; the call's key in the cluster.</summary>
    public async Task<CallKey> Rings()
    {
        await Task.WhenAny(Stage(PhoneStage.Ringing).Task, _report).Within(RingLimit, () => "the phone hears it ring");
        if (!Stage(PhoneStage.Ringing).Task.IsCompleted) await _report;
        return new CallKey(World.Account, Assert.IsType<string>(await Stage(PhoneStage.Ringing).Task));
    }

    /// <summary>Waits until the call has come so far.</summary>
    public async Task Reaches(PhoneStage stage)
    {
        await Task.WhenAny(Stage(stage).Task, _report).Within(StageLimit, () => $"the phone has {stage}");
        if (!Stage(stage).Task.IsCompleted) Assert.Fail($"The call was over before {stage}: {(await _report).Outcome}");
    }

    /// <summary>Waits until the call is over; what the phone measured.</summary>
    public Task<PhoneReport> IsOver(TimeSpan? limit = null) =>
        _report.Within(limit ?? StageLimit, () => $"the call is over for the phone; it came to {Stages}");

    /// <summary>Waits for the end, and asserts that all that was said came back, byte for byte, and nothing else.</summary>
    public async Task<PhoneReport> IsFlawless()
    {
        var report = await IsOver();
        var transport = Assert.Single(report.Transport.Audio);
        Assert.Equal(
            (PhoneOutcome.Completed, "caller_hangup", true, 0, 0),
            (report.Outcome, report.EndReason, report.Echo.BitExact, report.Echo.Lost, report.Echo.Foreign));
        Assert.Equal(
            (report.Echo.Sent, report.Echo.Sent, 0),
            (transport.PacketsSent, transport.PacketsReceived, transport.PacketsLost));
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _drop.CancelAsync();
        await ((Task)_report).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _drop.Dispose();
    }

    private string Stages => string.Join(", ", _stages.Where(stage => stage.Value.Task.IsCompleted).Select(stage => stage.Key).Order());

    private TaskCompletionSource<string?> Stage(PhoneStage stage) =>
        _stages.GetOrAdd(stage, _ => new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously));
}
