using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Client;

/// <summary>What happened to a call, in words for people. Phone numbers are masked.</summary>
public static class CallWords
{
    /// <summary>An event of a journal in a few words.</summary>
    public static string Of(CallEvent happened) => happened switch
    {
        Rang e => $"rings: {Masked(e.From)} calls {Masked(e.To)} (call.ringing, with the phone's SDP offer)",
        Dialed e => $"is placed: {e.Request.Tenant} calls {Target(e.Request.To)}",
        Alerted => "the remote phone rings",
        NumberResolved e => $"the number is {e.Tenant}'s; its agent is '{e.Agent}'",
        NumberUnknown => "nobody registered the number",
        QuotaExceeded e => $"{e.Tenant} has all the calls that it may have: {e.Quota}",
        RoomJoined e => $"room {e.Room} made, agent dispatched, joined as {e.Participant}",
        AgentReady e => $"an agent is there and audible: {e.Identity}",
        AgentMissing e => $"no agent takes it: {e.Detail}",
        AgentLost e => $"no agent is left in the talk: {e.Detail}",
        AgentSought e => $"agent '{e.Agent}' is sought: {e.Why}",
        Greeted => "the early greeting is over",
        AgentDispatched e => $"agent '{e.Agent}' is dispatched",
        AnswerIntended => "SDP answer to GoTo",
        AnswerAccepted => "GoTo took the answer",
        AnswerFailed e => $"the answer failed: {e.Detail}",
        Connected => "connected",
        AudioStarted { Direction: AudioDirection.FromCaller } => "audio from the phone reaches the room",
        AudioStarted => "audio from the agent reaches the phone",
        MediaFailed e => $"audio failed: {e.Detail}",
        MediaClosed => "audio closed, room left",
        HangUpIntended e => $"hang-up by {e.Actor}",
        HangUpAccepted => "GoTo took the hang-up",
        HangUpFailed e => $"the hang-up failed: {e.Detail}",
        CommandAccepted e => $"asked: {Asked(e.Operation)}",
        CommandSent => "the request leaves for GoTo",
        CommandTaken => "GoTo took the request",
        CommandSettled { Outcome.IsDone: true } => "done",
        CommandSettled e => $"not done: {e.Outcome.Result}, {e.Outcome.Failure} {e.Outcome.Detail}",
        Held e => $"on hold{(e.By is HoldOrigin.Remote ? ", by the remote party" : "")}",
        Resumed => "off hold",
        HoldConfirmed e => $"GoTo confirms: {(e.OnHold ? "on hold" : "off hold")}",
        Muted => "the agent is muted",
        Unmuted => "the agent is heard again",
        DigitsSent e => $"{e.Digits.Length} touch tones sent",
        Merged e => $"merged with call {e.ReferId}",
        Transferred e => $"transferred to {Target(e.Target)}",
        DigitReceived => "the remote party pressed a key",
        DigitConfirmed => "the key came the other way, too",
        Claimed e => $"held on to by {e.By}",
        Released e => $"let go by {e.By}",
        Reconciled e => $"compared with GoTo: {e.UpstreamState}",
        Ended e => $"ended: {e.Reason}, talked {e.Talked.TotalSeconds:0.#} s (call.ended)",
        RecordWritten => "on record",
        _ => happened.GetType().Name,
    };

    private static string Asked(CallOperation operation) => operation switch
    {
        CallOperation.BlindTransfer e => $"transfer to {Target(e.Target)}",
        CallOperation.WarmTransfer e => $"connect with consult call {e.ReferId}",
        CallOperation.Merge e => $"merge with call {e.ReferId}",
        CallOperation.SendDtmf e => $"send {e.Digits.Length} touch tones",
        CallOperation.HangUp => "hang up",
        _ => operation.Name.ToLowerInvariant(),
    };

    private static string Target(string dialString) =>
        dialString.StartsWith("tel:", StringComparison.Ordinal) && PhoneNumber.TryParse(dialString[4..], out var number)
            ? $"tel:{number.Masked}"
            : PhoneNumber.TryParse(dialString, out number) ? number.Masked : dialString;

    private static string Masked(string number) => PhoneNumber.TryParse(number, out var parsed) ? parsed.Masked : "a withheld number";
}
