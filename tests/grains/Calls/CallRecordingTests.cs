using GoTo.Calls;
using GoTo.Numbers;
using GoTo.Records;

namespace GoTo.Grains.Tests.Calls;

public sealed class CallRecordingTests
{
    private static readonly CallKey Key = new("main", "call_1");
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_record_and_the_trail_follow_from_the_journal()
    {
        var hold = new CallCommand.Operate(new CommandId("h"), new CallOperation.Hold(), "desk");
        var tones = new CallCommand.Operate(new CommandId("d"), new CallOperation.SendDtmf("1234#"), "desk");
        var transfer = new CallCommand.Operate(new CommandId("t"), new CallOperation.BlindTransfer("tel:+15551234567"), "desk");
        var journal = new CallJournal();
        var at = Noon;
        foreach (var (command, actor) in new (CallCommand, string)[]
        {
            (new CallCommand.Ring("+15550001111", "+15559876543", "line", null), "goto"),
            (new CallCommand.Route(new NumberRegistration("acme", "agent")), "cluster"), (new CallCommand.JoinRoom("room", "phone"), "cluster"),
            (new CallCommand.OpenGate("agent"), "cluster"), (new CallCommand.IntendAnswer(), "cluster"), (new CallCommand.AcceptAnswer(true, null), "cluster"),
            (tones, "desk"), (new CallCommand.Settle(tones.Id, CommandFailure.None, null), "cluster"),
            (hold, "desk"), (new CallCommand.Settle(hold.Id, CommandFailure.Refused, "409"), "cluster"),
            (transfer, "desk"),
            (new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.FromSeconds(3)), "goto"),
        })
        {
            journal = journal.Append(command, CallDecision.Decide(journal.State, command, at).Events, at, actor);
            at = at.AddSeconds(1);
        }

        var record = CallRecording.Of(Key, journal.State);
        Assert.Equal(
            ("acme", "agent", EndReason.RemoteHangUp, Noon, Noon.AddSeconds(5), Noon.AddSeconds(11), TimeSpan.FromSeconds(6)),
            (record.Tenant, record.Agent, record.EndReason, record.StartedAt, record.AnsweredAt, record.EndedAt, record.Talked));
        var trail = CallRecording.Operations(Key, journal.State, journal.EntriesAfter(0));
        Assert.Equal(
            [("desk", "SendDtmf", "Done", "5 tones"), ("desk", "Hold", "Failed", "Refused; 409"), ("desk", "BlindTransfer", "Superseded", trail[2].Detail)],
            trail.Select(o => (o.Actor, o.Operation, o.Outcome, o.Detail)));
        Assert.StartsWith("to tel:+15551234567", trail[2].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+15551234567", "+15…67")]
    [InlineData("to tel:+15551234567; GoTo: 15551234567 is busy", "to tel:+15…67; GoTo: 155…67 is busy")]
    [InlineData("ext:1001", "ext:1001")]
    [InlineData("Call main/call_55c318324441 of account-12345678 is over", "Call main/call_55c318324441 of account-12345678 is over")]
    [InlineData("Call main/1234567890 is over", "Call main/1234567890 is over")]
    [InlineData("sip:15551234567@example.com", "sip:155…67@example.com")]
    [InlineData("", "")]
    public void Numbers_are_masked_wherever_they_are(string text, string masked)
    {
        Assert.Equal(masked, NumberPolicy.Masked.Apply(text));
        Assert.Equal(text, NumberPolicy.Full.Apply(text));
    }
}
