using GoTo.Calls;
using GoTo.Media;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Transfers;

/// <summary>What a transfer does with the consult call: it is placed once, the announcement is played to it, and it is hung up when nothing came of it.</summary>
internal sealed partial class WarmTransferGrain
{
    /// <summary>The consult's own limit is behind ours: which of the two ended it would be uncertain otherwise.</summary>
    private static readonly TimeSpan RingReserve = TimeSpan.FromSeconds(30);

    /// <summary>The consult's audio joins the agent's room; it shows the number that was called (resolution C12).</summary>
    private async Task Dial(CancellationToken patience)
    {
        var dial = GrainFactory.OutboundCall(_key.Call.Account, Id("consult"));
        if (!await IsAsked(dial))
        {
            if (State.Phase is TransferPhase.Undoing)
            {
                await Perform(new TransferCommand.FailConsult(State.Result!.Value, "it was never dialed"));
                return;
            }
            var call = await CallerCall.Describe();
            var ours = call.Direction is Calls.CallDirection.Inbound ? call.To : call.From;
            try
            {
                await dial.Dial(
                    new DialRequest(call.Tenant!, call.LineId, State.Request!.Target, Agent: null)
                    {
                        Room = call.Room, ClaimedBy = _key.ToString(), RingTimeout = State.Request.AnswerLimit + RingReserve,
                        CallerId = PhoneNumber.TryParse(ours, out var number) ? number.ToString() : null,
                    },
                    CancellationToken.None);
            }
            catch (Exception e) when (e is InvalidDialException or QuotaExceededException)
            {
                await Perform(new TransferCommand.FailConsult(TransferResult.Unreachable, e.Message));
                return;
            }
        }
        var outcome = await dial.WhenPlaced(patience);
        if (outcome.Call is not { } consult)
        {
            await Perform(new TransferCommand.FailConsult(TransferResult.Unreachable, outcome.Detail ?? $"{outcome.Failure}"));
            return;
        }
        await Perform(new TransferCommand.PlaceConsult(consult));
        await LookAtCalls();
    }

    /// <summary>After a crash it is played from its beginning: the target hears it whole.</summary>
    private async Task Announce(CancellationToken patience)
    {
        var consult = GrainFactory.GetGrain<IMediaGrain>(State.Consult!.Value.ToString());
        var failure = await consult.Announce(State.Request!.Announcement!, patience);
        patience.ThrowIfCancellationRequested();
        await Perform(failure is null ? new TransferCommand.EndAnnouncement() : new TransferCommand.FailAnnouncement(failure));
    }

    private async Task HangUpConsult()
    {
        try
        {
            await GrainFactory.Call(State.Consult!.Value).HangUp(Calls.HangUpReason.Normal, Id("drop"), CancellationToken.None);
        }
        catch (CallTransitionException)
        {
            // It is over already.
        }
        await Perform(new TransferCommand.DropConsult());
        await LookAtCalls();
    }

    private static async Task<bool> IsAsked(IOutboundCallGrain dial)
    {
        try
        {
            await dial.Outcome(CancellationToken.None);
            return true;
        }
        catch (InvalidDialException)
        {
            return false;
        }
    }
}
