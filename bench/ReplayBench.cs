using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Bench;

/// <summary>
/// How fast recorded calls are decided again, as they are stored, each read and run through today's rules on one core. Every
/// one must come to the decisions that it has recorded. The calls are those of a cluster's store (what <c>bench -- calls</c>
/// left there, or a cluster's backup), or calls of many kinds that are made here.
/// </summary>
internal static class ReplayBench
{
    private const int Wanted = 50_000;

    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    public static async Task<int> Run(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var calls = int.Parse(settings["calls"] ?? "10000", CultureInfo.InvariantCulture);
        var recorded = settings["from"] is { } store
            ? await RecordedCalls.Read(store, calls)
            : [.. Enumerable.Range(0, calls).Select(seed => ($"main/{seed}", JsonSerializer.SerializeToUtf8Bytes(Record(seed))))];
        if (recorded.Count == 0)
        {
            await Console.Error.WriteLineAsync("There is no call in that store.");
            return 2;
        }
        for (var warmUp = 0; warmUp < 500; warmUp++) Replay(recorded[warmUp % recorded.Count]);

        var started = Stopwatch.GetTimestamp();
        var reports = recorded.Select(Replay).ToList();
        var spent = Stopwatch.GetElapsedTime(started);

        var rate = reports.Sum(report => report.Events) / spent.TotalSeconds;
        var diverging = reports.Where(report => report.DivergesAt is not null).ToList();
        Console.WriteLine(
            $"{rate:N0} events/s on one core, read from storage's form and decided again: {recorded.Count:N0} calls, {reports.Sum(report => report.Events):N0} events, "
            + $"{diverging.Count} decided differently ({recorded.Average(call => call.Journal.Length):N0} B a call; wanted {Wanted:N0})");
        foreach (var report in diverging.Take(3)) Console.WriteLine($"  {report}");
        return rate >= Wanted && diverging.Count == 0 ? 0 : 1;
    }

    private static ReplayReport Replay((string Key, byte[] Journal) call) =>
        CallReplay.Run(CallKey.Parse(call.Key), JsonSerializer.Deserialize<CallJournal>(call.Journal)!);

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
