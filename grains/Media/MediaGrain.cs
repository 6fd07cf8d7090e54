using GoTo.Calls;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace GoTo.Media;

[GrainType("media"), MediaPlacement, Immovable]
internal sealed class MediaGrain(MediaHost host, TimeProvider time, ILogger<MediaGrain> logger) : Grain, IMediaGrain
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(15);

    private CallMedia? _media;
    private Task _reports = Task.CompletedTask;
    private IGrainTimer? _watch;

    private ICallSignals Call => GrainFactory.GetGrain<ICallSignals>(this.GetPrimaryKeyString());

    public async Task<RoomOpened> OpenRoom(RoomRequest request, CancellationToken cancellationToken = default)
    {
        await LetGo();
        return await Begin().OpenRoom(request, cancellationToken);
    }

    public Task<AgentArrival> AwaitAgent(
        TimeSpan limit, RoomRequest? dispatch, string? greeting, CancellationToken cancellationToken = default) => _media is { } media
        ? media.AwaitAgent(limit, dispatch, greeting, cancellationToken)
        : Task.FromResult(new AgentArrival(null, "the call's audio is not here", RoomLost: true));

    public Task<RoomRefusal?> DispatchAgent(RoomRequest request, CancellationToken cancellationToken = default) => _media is { } media
        ? media.DispatchAgent(request, cancellationToken)
        : Task.FromResult<RoomRefusal?>(new RoomRefusal("the call's audio is not here", MayPass: false));

    public Task<OfferReply> AcceptOffer(string sdpOffer, bool withoutRoom, CancellationToken cancellationToken = default) =>
        (_media ?? (withoutRoom ? Begin() : null)) is { } media
            ? media.AcceptOffer(sdpOffer)
            : Task.FromResult(new OfferReply(null, "the call's audio is not here", RoomLost: true));

    public Task<string?> TakeOffered(string dial) => _media is { } media
        ? media.TakeOffered(dial)
        : Task.FromResult<string?>("the call's audio is not here");

    public Task<string?> Play(CommandId command, string announcement)
    {
        if (_media is not { } media) return Task.FromResult<string?>("the call's audio is not here");
        media.Play(command, announcement).Ignore();
        return Task.FromResult<string?>(null);
    }

    public Task AddCandidate(string candidate) => _media?.AddCandidate(candidate) ?? Task.CompletedTask;

    public Task Follow(MediaFlow flow, string sipStatus)
    {
        _media?.LetFlow(flow);
        _media?.TellStatus(sipStatus);
        return Task.CompletedTask;
    }

    public Task TellDigit(string digit)
    {
        _media?.TellDigit(digit);
        return Task.CompletedTask;
    }

    public async Task<string?> Announce(string announcement, CancellationToken cancellationToken = default) => _media is { } media
        ? await media.Announce(announcement, cancellationToken)
        : "the call's audio is not here";

    public Task<bool> HasAgent() => Task.FromResult(_media is { HasAgent: true });

    public Task<bool> IsOpen() => Task.FromResult(_media is { IsOpen: true });

    public async Task Close()
    {
        await LetGo();
        DeactivateOnIdle();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await Task.WhenAny(LetGo(), Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));

    private CallMedia Begin()
    {
        var call = CallKey.Parse(this.GetPrimaryKeyString());
        var media = _media = host.Open(call, GrainFactory.Call(call));
        _reports = Pass(media);
        DelayDeactivation(TimeSpan.MaxValue);
        _watch ??= this.RegisterGrainTimer(
            WatchCall, new GrainTimerCreationOptions(WatchPeriod, WatchPeriod) { Interleave = true });
        return media;
    }

    private async Task LetGo()
    {
        if (_media is not { } media) return;
        _media = null;
        await media.DisposeAsync();
        await _reports;
    }

    /// <summary>
    /// The audio keeps its call awake, wherever the call's grain was lost, and does not outlive it, whatever was lost on the
    /// way here.
    /// </summary>
    private async Task WatchCall(CancellationToken cancellationToken)
    {
        try
        {
            if (!await Call.Attend()) await Close();
            else if (_media is { IsLost: true }) await Call.Report(new CallCommand.FailMedia("the call's audio is lost"));
            else if (_media?.AgentNow is { } agent) await Call.Report(agent);
        }
        catch (Exception e)
        {
            // Looked at again in the next round.
            logger.CallNotReached(this.GetPrimaryKeyString(), e.Message);
        }
    }

    /// <summary>Passes what the audio reports on to the call, in order, until the audio is closed.</summary>
    private async Task Pass(CallMedia media)
    {
        await foreach (var report in media.Reports)
        {
            try
            {
                await Call.Report(report);
            }
            catch (Exception e)
            {
                // What matters for long is seen again in the watch's next round.
                logger.CallNotReached(this.GetPrimaryKeyString(), e.Message);
            }
        }
    }
}
