using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Bench;

/// <summary>
/// How fast recorded calls are decided again: calls of many kinds, as they are stored, each read and run through today's
/// rules on one core. Every one must come to the decisions that it has recorded.
/// </summary>
internal static class ReplayBench
{
    private const int Wanted = 50_000;

    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    public static int Run(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var calls = int.Parse(settings["calls"] ?? "10000", CultureInfo.InvariantCulture);
        var recorded = Enumerable.Range(0, calls).Select(seed => JsonSerializer.SerializeToUtf8Bytes(Record(seed))).ToArray();
        Replay(recorded.AsSpan(0, Math.Min(calls, 500)));

        var started = Stopwatch.GetTimestamp();
        var (events, diverging) = Replay(recorded);
        var spent = Stopwatch.GetElapsedTime(started);

        var rate = events / spent.TotalSeconds;
        Console.WriteLine(
            $"{rate:N0} events/s on one core, read from storage's form and decided again: {calls:N0} calls, {events:N0} events, "
            + $"{diverging} decided differently ({recorded.Average(call => call.Length):N0} B a call; wanted {Wanted:N0})");
        return rate >= Wanted && diverging == 0 ? 0 : 1;
    }

    private static (long Events, int Diverging) Replay(ReadOnlySpan<byte[]> recorded)
    {
        var (events, diverging) = (0L, 0);
        foreach (var call in recorded)
        {
            var report = CallReplay.Run(new CallKey("main", "call"), JsonSerializer.Deserialize<CallJournal>(call)!);
            events += report.Events;
            if (report.DivergesAt is not null) diverging++;
        }
        return (events, diverging);
    }

    /// <summary>One call: it rings, is answered, is held, muted, keyed and resumed by chance, and ends in one of four ways.</summary>
    private static CallJournal Record(int seed)
    {
        var random = new Random(seed);
        var (journal, now, commands) = (new CallJournal(), Noon, 0);
        Take(new CallCommand.Ring("+15551234567", "+15559876543", "line_1", null));
        Take(new CallCommand.Route(new NumberRegistration("acme", "receptionist") { Fallback = "ext:1001" }));
        Take(new CallCommand.JoinRoom("call-1", "phone-1"));
        if (random.Next(10) == 0) Take(new CallCommand.ShutGate("no agent with audio within 10 s"));
        else Take(new CallCommand.OpenGate("agent-1"));
        Take(new CallCommand.IntendAnswer());
        Take(new CallCommand.AcceptAnswer(Connected: true, now));
        Take(new CallCommand.StartAudio(AudioDirection.FromCaller));
        Take(new CallCommand.StartAudio(AudioDirection.FromAgent));
        for (var step = random.Next(12); step > 0; step--)
        {
            switch (random.Next(6))
            {
                case 0:
                    Ask(new CallOperation.Hold());
                    Take(new CallCommand.Hold());
                    Ask(new CallOperation.Resume());
                    Take(new CallCommand.Resume());
                    break;
                case 1:
                    Ask(new CallOperation.Mute());
                    break;
                case 2:
                    Ask(new CallOperation.Unmute());
                    break;
                case 3:
                    Ask(new CallOperation.SendDtmf("1234#"));
                    break;
                default:
                    Take(new CallCommand.ReceiveDigit("5", null, DigitSource.Audio));
                    Take(new CallCommand.ReceiveDigit("5", TimeSpan.FromMilliseconds(120), DigitSource.Event));
                    break;
            }
        }
        if (random.Next(2) == 0) Ask(new CallOperation.HangUp(HangUpReason.Normal));
        else Ask(new CallOperation.BlindTransfer("ext:1001"));
        Take(new CallCommand.End(random.Next(2) == 0 ? EndReason.RemoteHangUp : EndReason.LocalHangUp, TimeSpan.FromSeconds(60)));
        Take(new CallCommand.CloseMedia());
        return journal;

        void Ask(CallOperation operation)
        {
            var id = new CommandId($"{commands++}");
            Take(new CallCommand.Operate(id, operation, "service"));
            Take(new CallCommand.Send(id));
            Take(operation is CallOperation.BlindTransfer ? new CallCommand.Take(id) : new CallCommand.Settle(id, CommandFailure.None, null));
        }

        void Take(CallCommand command)
        {
            now += TimeSpan.FromMilliseconds(random.Next(20, 2000));
            journal = journal.Append(command, CallDecision.Decide(journal.State, command, now).Events, now);
        }
    }
}
