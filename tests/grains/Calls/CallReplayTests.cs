using System.Text.Json;
using GoTo.Calls;

namespace GoTo.Grains.Tests.Calls;

public sealed class CallReplayTests
{
    private static readonly CallKey Key = new("main", "call_1");

    [Fact]
    public void A_journal_is_decided_again_as_it_was_also_after_storage()
    {
        var call = Replay.Connected();
        call.Ask(new CallOperation.Hold());
        call.Settle("Hold").Take(new CallCommand.Hold(), new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.FromSeconds(4)));
        Assert.Equal(new ReplayReport(Key, (int)call.State.Version), CallReplay.Run(Key, call.Journal));

        var stored = JsonSerializer.Deserialize<CallJournal>(JsonSerializer.Serialize(call.Journal))!;
        Assert.Equal(new ReplayReport(Key, (int)call.State.Version), CallReplay.Run(Key, stored));
        Assert.Equal(JsonSerializer.Serialize(call.State), JsonSerializer.Serialize(stored.State));
    }

    [Fact]
    public void A_journal_whose_beginning_is_gone_is_decided_from_where_it_begins()
    {
        var call = Replay.Connected();
        for (var i = 0; i < CallJournal.MostEntries; i++) call.Take(new CallCommand.ReceiveDigit("5", null, DigitSource.Event));
        Assert.True(call.Journal.Oldest > 1);
        Assert.Equal(new ReplayReport(Key, CallJournal.MostEntries), CallReplay.Run(Key, call.Journal));
    }

    [Fact]
    public void A_decision_that_would_be_another_today_is_shown()
    {
        var call = Replay.Connected();
        var changed = call.Journal with
        {
            Steps = [.. call.Journal.Steps.Select(step => step.Command is CallCommand.OpenGate
                ? new CallStep(step.First, step.At, step.Command, [new AgentMissing("no agent")], step.Actor, step.Cause)
                : step)],
        };
        var report = CallReplay.Run(Key, changed);
        Assert.Equal((3, 4L, "OpenGate"), (report.Events, report.DivergesAt, report.Command));
        Assert.Contains("AgentMissing", report.Was);
        Assert.Contains("AgentReady", report.WouldBe);
    }
}
