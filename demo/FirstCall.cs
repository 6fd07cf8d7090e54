using GoTo.Calls;
using GoTo.Simulator.Phones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;

namespace GoTo.Demo;

/// <summary>A phone dials the demo number, speaks, hears itself back through the whole house, and hangs up.</summary>
internal static class FirstCall
{
    private const string Caller = "+15551234567";
    private static readonly TimeSpan ChannelLimit = TimeSpan.FromSeconds(20);

    /// <summary>Makes the call and tells it on the timeline as it happens.</summary>
    public static async Task<FirstCallReport> Make(
        DemoHouse house, Timeline timeline, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var speech = OggOpusReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "assets", "speech.opus"));
        await ChannelUp(house, cancellationToken);
        timeline.Say(time.GetUtcNow(), "silo", "token, channel, subscription and WebSocket to GoTo are up");

        await using var engine = new RtcEngine(new RtcOptions(), time, logs);
        await engine.Ready;
        var ringing = new TaskCompletionSource<CallKey>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new ScriptedPhone(engine, time).Call(
            house.Cloud.PhoneSocketUrl,
            new PhoneScript { From = Caller, To = DemoHouse.Number, Audio = speech.Packets },
            step =>
            {
                timeline.Say(time.GetUtcNow(), "phone", Words(step));
                if (step is { Stage: PhoneStage.Ringing, Detail: { } id }) ringing.TrySetResult(new CallKey(DemoHouse.Account, id));
            },
            cancellationToken);
        await await Task.WhenAny(ringing.Task, call);
        var journal = new List<CallJournalEntry>();
        await foreach (var entry in Journal(house, await ringing.Task, time, cancellationToken))
        {
            timeline.Say(entry);
            journal.Add(entry);
        }
        return new FirstCallReport(journal, await call);
    }

    /// <summary>The call's journal; the phone hears it ring a moment before the cluster has journaled that.</summary>
    private static async IAsyncEnumerable<CallJournalEntry> Journal(
        DemoHouse house, CallKey call, TimeProvider time,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(5), time);
        while (!await IsKnown(house, call)) await again.WaitForNextTickAsync(cancellationToken);
        await foreach (var entry in house.GoTo.Calls.Watch(call, 0, cancellationToken)) yield return entry;
    }

    private static async Task<bool> IsKnown(DemoHouse house, CallKey call)
    {
        try
        {
            return await house.GoTo.Calls.Get(call) is not null;
        }
        catch (CallNotFoundException)
        {
            return false;
        }
    }

    private static async Task ChannelUp(DemoHouse house, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ChannelLimit);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await house.GoTo.Channel(DemoHouse.Account) is { Connected: false } channel)
        {
            try
            {
                await again.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The event channel did not come up within {ChannelLimit}: {channel.LastFailure}");
            }
        }
    }

    private static string Words(PhoneStep step) => step.Stage switch
    {
        PhoneStage.Dialled => "dials, with an SDP offer",
        PhoneStage.Ringing => "hears it ring",
        PhoneStage.Answered => "has the SDP answer",
        PhoneStage.Connected => "ICE and DTLS-SRTP are up; speaks",
        PhoneStage.FirstAudio => "hears the agent",
        PhoneStage.Spoken => "has said everything",
        PhoneStage.HungUp => "hangs up",
        PhoneStage.Ended => $"the call is over: {step.Detail}",
        _ => step.Stage.ToString(),
    };
}

/// <summary>What a first call showed.</summary>
internal sealed record FirstCallReport(IReadOnlyList<CallJournalEntry> Journal, PhoneReport Phone)
{
    /// <summary>From <c>call.ringing</c> to audio in both directions, answer gate included; null if it never came to that.</summary>
    public TimeSpan? SetUp
    {
        get
        {
            var rang = Journal.FirstOrDefault(e => e.Event is Rang);
            var heard = Journal.Where(e => e.Event is AudioStarted).ToList();
            return rang is not null && heard.Count == 2 ? heard.Max(e => e.At) - rang.At : null;
        }
    }

    /// <summary>Everything said came back, byte for byte, in order, and nothing else.</summary>
    public bool Ok => Phone is { Outcome: PhoneOutcome.Completed, Echo: { BitExact: true, Lost: 0, Foreign: 0 } }
        && SetUp is not null && Journal.Any(e => e.Event is Ended);

    public void Tell(TextWriter output)
    {
        var echo = Phone.Echo;
        output.WriteLine();
        output.WriteLine($"  set-up       {Ms(SetUp)} from call.ringing to audio both ways, answer gate included");
        output.WriteLine($"  packets      {echo.Sent} from the phone, {echo.Received} back to it");
        output.WriteLine($"  lost         {echo.Lost}");
        output.WriteLine($"  round trip   {Ms(echo.LatencyP50)} median, {Ms(echo.LatencyP99)} p99 (phone, silo, room, agent, and back)");
        output.WriteLine($"  payloads     {(echo.BitExact ? "bit-exact" : "NOT bit-exact")}");
        output.WriteLine();
    }

    /// <summary>The figures in one line.</summary>
    public string Summary => $"{(Ok ? "ok" : "FAILED")} set-up {Ms(SetUp)}, {Phone.Echo.Sent} packets out, "
        + $"{Phone.Echo.Received} back, {Phone.Echo.Lost} lost, round trip {Ms(Phone.Echo.LatencyP50)}, "
        + $"{(Phone.Echo.BitExact ? "bit-exact" : "not bit-exact")}{(Ok ? "" : $", phone: {Phone.Outcome}")}";

    private static string Ms(TimeSpan? time) =>
        time is { } t ? $"{t.TotalMilliseconds:0.0} ms" : "never";
}
