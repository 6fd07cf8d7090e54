using GoTo.Accounts;
using GoTo.Api;

namespace GoTo.Calls;

/// <summary>The requests of commands: one at a time, in the order in which they were taken.</summary>
internal sealed partial class CallGrain
{
    private async Task SendRequest(CommandRecord command)
    {
        if (command.MustNotRepeat && (await Perform(new CallCommand.Send(command.Id))).Refusal is not null) return;
        if (command.Operation is CallOperation.PlayAnnouncement play)
        {
            await Perform(await Media.Play(command.Id, play.Announcement) is { } failure
                ? new CallCommand.Settle(command.Id, CommandFailure.NoAudio, failure)
                : new CallCommand.Take(command.Id));
            return;
        }
        try
        {
            await Request(command.Operation);
            await Perform(command.IsTransfer
                ? new CallCommand.Take(command.Id)
                : new CallCommand.Settle(command.Id, CommandFailure.None, null));
        }
        catch (GoToUnavailableException e) when (e.OutcomeUnknown && command.MustNotRepeat)
        {
            // It may have happened: look before anything is repeated.
            logger.OutcomeUncertain(_key, command.Operation.Name, e.Message);
            _reconcile = true;
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException)
        {
            await Perform(new CallCommand.Settle(command.Id, Requests.Failure(e), e.Message));
            // Our picture of the call is not GoTo's: compare them.
            _reconcile = IsLive && e is GoToConflictException { TransferFailed: false } or GoToNotFoundException;
        }
    }

    /// <summary>Once it has left it is seen through: only its reply says what became of it.</summary>
    private Task<Api.CallSnapshot> Request(CallOperation operation) => operation switch
    {
        CallOperation.Hold => WebCalls.Hold(_key.CallId, CancellationToken.None),
        CallOperation.Resume => WebCalls.Resume(_key.CallId, CancellationToken.None),
        CallOperation.Mute => WebCalls.Mute(_key.CallId, CancellationToken.None),
        CallOperation.Unmute => WebCalls.Unmute(_key.CallId, CancellationToken.None),
        CallOperation.SendDtmf o => WebCalls.SendDtmf(_key.CallId, DtmfDigits.Parse(o.Digits), CancellationToken.None),
        CallOperation.BlindTransfer o => WebCalls.BlindTransfer(_key.CallId, DialString.Parse(o.Target), CancellationToken.None),
        CallOperation.WarmTransfer o => WebCalls.WarmTransfer(_key.CallId, o.ReferId, CancellationToken.None),
        CallOperation.Merge o => WebCalls.Merge(_key.CallId, o.ReferId, CancellationToken.None),
        _ => throw new System.Diagnostics.UnreachableException($"{operation.Name} has no request."),
    };
}

/// <summary>What GoTo's refusals mean for a command.</summary>
internal static class Requests
{
    public static CommandFailure Failure(Exception e) => e switch
    {
        GoToConflictException { TransferFailed: true } => CommandFailure.TransferFailed,
        GoToConflictException or GoToNotFoundException or GoToRequestException => CommandFailure.Refused,
        GoToRateLimitedException => CommandFailure.TooManyRequests,
        GoToAuthenticationException or GoToPermissionException or AccountAccessException => CommandFailure.NotAllowed,
        GoToUnavailableException { OutcomeUnknown: true } => CommandFailure.OutcomeUnknown,
        _ => CommandFailure.Unavailable,
    };
}
