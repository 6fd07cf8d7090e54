using GoTo.Api;
using GoTo.Calls;

namespace GoTo.Events;

/// <summary>GoTo's events in the words of a call.</summary>
internal static class CallRouting
{
    public static Task Deliver(ICallSignals call, long epoch, GoToCallEvent happened) => happened switch
    {
        CallRinging { Direction: Api.CallDirection.Outbound } => call.Receive(epoch, new CallCommand.Alert(), happened.Key),
        CallRinging e => call.Ring(epoch, new CallCommand.Ring(e.From ?? "", e.To ?? "", e.LineId ?? "", null), e.SdpOffer, e.Key),
        CallIceCandidate e => call.AddCandidate(epoch, e.Candidate),
        CallConnected e => call.Receive(epoch, new CallCommand.Connect(e.AnsweredAt), happened.Key),
        CallHeld => call.Receive(epoch, new CallCommand.Hold(), happened.Key),
        CallResumed => call.Receive(epoch, new CallCommand.Resume(), happened.Key),
        CallTransferred e => call.Receive(epoch, new CallCommand.Transfer(e.TransferTarget ?? ""), happened.Key),
        CallDtmf e => call.Receive(epoch, new CallCommand.ReceiveDigit(e.Digit.ToString(), e.Duration, DigitSource.Event), happened.Key),
        CallEnded e => call.Receive(epoch, new CallCommand.End(GoToCalls.Read(e.Reason), e.Duration ?? TimeSpan.Zero), happened.Key),
        _ => Task.CompletedTask,
    };
}
