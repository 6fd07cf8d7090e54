using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Demo;

/// <summary>Tells a call's journal, line by line, as it is written.</summary>
internal sealed class Timeline(TextWriter output, DateTimeOffset start)
{
    public void Say(DateTimeOffset at, string who, string what) => output.WriteLine(
        $"  {(at - start).TotalSeconds,8:+0.000} s  {who,-8} {what}");

    public void Say(CallJournalEntry entry) => Say(entry.At, "call", Words(entry.Event));

    private static string Words(CallEvent happened) => happened switch
    {
        Rang e => $"rings: {Masked(e.From)} calls {Masked(e.To)} (call.ringing, with the phone's SDP offer)",
        NumberResolved e => $"the number is {e.Tenant}'s; its agent is '{e.Agent}'",
        NumberUnknown => "nobody registered the number",
        RoomJoined e => $"room {e.Room} made, agent dispatched, joined as {e.Participant}",
        AgentReady e => $"the answer gate opens: {e.Identity} is there and audible",
        AgentMissing e => $"the answer gate stays shut: {e.Detail}",
        AnswerIntended => "SDP answer to GoTo",
        AnswerAccepted => "GoTo took the answer",
        AnswerFailed e => $"the answer failed: {e.Detail}",
        Connected => "connected",
        AudioStarted { Direction: AudioDirection.FromCaller } => "audio from the phone reaches the room",
        AudioStarted => "audio from the agent reaches the phone",
        MediaFailed e => $"audio failed: {e.Detail}",
        MediaClosed => "audio closed, room left",
        RecordWritten => "on record",
        HangUpIntended e => $"hang-up by {e.Actor}",
        HangUpAccepted => "GoTo took the hang-up",
        HangUpFailed e => $"the hang-up failed: {e.Detail}",
        Held => "on hold",
        Resumed => "off hold",
        Transferred e => $"transferred to {e.Target}",
        DigitReceived e => $"digit {e.Digit}",
        Reconciled e => $"compared with GoTo: {e.UpstreamState}",
        Ended e => $"ended: {e.Reason}, talked {e.Talked.TotalSeconds:0.#} s (call.ended)",
        _ => happened.GetType().Name,
    };

    private static string Masked(string number) => PhoneNumber.TryParse(number, out var parsed) ? parsed.Masked : "a withheld number";
}
