using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.Media;
using GoTo.Numbers;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace GoTo.Events;

/// <summary>
/// What a silo goes through once before it takes calls, so that its first caller is served as fast as its thousandth: the
/// journal's form, a call's grain, a room. Finds out at the same time whether the room server serves us. Failing it is
/// reported and stops nothing.
/// </summary>
internal sealed class Rehearsal(
    IGrainFactory grains, MediaHost media, IGrainStorageSerializer serializer, TimeProvider time, ILogger<Rehearsal> logger)
{
    public async Task Run(CancellationToken cancellationToken)
    {
        WriteAndReadJournal();
        await AskForUnknownCall();
        await EnterRoom(cancellationToken);
    }

    private void WriteAndReadJournal()
    {
        var journal = new CallJournal();
        foreach (CallCommand command in new CallCommand[]
        {
            new CallCommand.Ring("", "", "", null), new CallCommand.Route(new NumberRegistration("", "")),
            new CallCommand.JoinRoom("", ""), new CallCommand.OpenGate(""), new CallCommand.IntendAnswer(),
            new CallCommand.AcceptAnswer(true, null), new CallCommand.StartAudio(AudioDirection.FromCaller),
            new CallCommand.StartAudio(AudioDirection.FromAgent), new CallCommand.End(EndReason.LocalHangUp, default),
        })
        {
            var now = time.GetUtcNow();
            journal = journal.Append(command, CallDecision.Decide(journal.State, command, now).Events, now);
            CallEffects.Next(journal.State);
        }
        serializer.Deserialize<CallJournal>(serializer.Serialize(journal));
    }

    private async Task AskForUnknownCall()
    {
        try
        {
            await grains.Call(new CallKey("rehearsal", "none")).Describe();
        }
        catch (CallNotFoundException)
        {
            // As it should be.
        }
    }

    /// <summary>Makes a room of our own, joins it, leaves it, and takes it away again.</summary>
    private async Task EnterRoom(CancellationToken cancellationToken)
    {
        var call = new CallKey("rehearsal", Guid.NewGuid().ToString("n"));
        await using var audio = media.Open(call, grains.Call(call));
        var opened = await audio.OpenRoom(new RoomRequest("", "", "", Agent: null), cancellationToken);
        if (opened.Failure is { } failure)
        {
            logger.RoomServerRefuses(failure);
            return;
        }
        try
        {
            await media.Rooms.DeleteRoom(opened.Room, cancellationToken);
        }
        catch (TwirpException e)
        {
            logger.RoomServerRefuses(e.Message);
        }
    }
}

internal static partial class RehearsalLog
{
    [LoggerMessage(1160, LogLevel.Warning, "The room server does not serve us; calls will be refused as busy. {Detail}")]
    public static partial void RoomServerRefuses(this ILogger<Rehearsal> logger, string detail);
}
