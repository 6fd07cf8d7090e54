using GoTo.Api;
using GoTo.Calls;

namespace GoTo.Events;

/// <summary>GoTo's events in the words of a call.</summary>
internal static class CallRouting
{
    public static Task Deliver(ICallSignals call, long epoch, GoToCallEvent happened) => happened switch
    {
        CallRinging e => call.Ring(epoch, new CallCommand.Ring(e.From ?? "", e.To ?? "", e.LineId ?? "", null), e.SdpOffer),
        CallIceCandidate e => call.AddCandidate(epoch, e.Candidate),
        CallConnected e => call.Receive(epoch, new CallCommand.Connect(e.AnsweredAt)),
        CallHeld => call.Receive(epoch, new CallCommand.Hold()),
        CallResumed => call.Receive(epoch, new CallCommand.Resume()),
        CallTransferred e => call.Receive(epoch, new CallCommand.Transfer(e.TransferTarget ?? "")),
        CallDtmf e => call.Receive(epoch, new CallCommand.ReceiveDigit(e.Digit.ToString(), e.Duration)),
        CallEnded e => call.Receive(epoch, new CallCommand.End(GoToCalls.Read(e.Reason), e.Duration ?? TimeSpan.Zero)),
        _ => Task.CompletedTask,
    };
}
