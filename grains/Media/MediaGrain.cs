using GoTo.Calls;
using Orleans.Placement;

namespace GoTo.Media;

[GrainType("media"), Immovable, KeepAlive]
internal sealed class MediaGrain(MediaHost host) : Grain, IMediaGrain
{
    private CallMedia? _media;
    private Task _reports = Task.CompletedTask;

    public async Task<RoomOpened> OpenRoom(RoomRequest request, CancellationToken cancellationToken = default)
    {
        if (_media is not null) await Close();
        _media = host.Open(CallKey.Parse(this.GetPrimaryKeyString()));
        _reports = Pass(_media);
        return await _media.OpenRoom(request, cancellationToken);
    }

    public Task<AgentArrival> AwaitAgent(TimeSpan limit, CancellationToken cancellationToken = default) => _media is { } media
        ? media.AwaitAgent(limit, cancellationToken)
        : Task.FromResult(new AgentArrival(null, "the call's audio was closed"));

    public Task<OfferReply> AcceptOffer(string sdpOffer, CancellationToken cancellationToken = default) => _media is { } media
        ? media.AcceptOffer(sdpOffer)
        : Task.FromResult(new OfferReply(null, "the call's audio was closed"));

    public Task AddCandidate(string candidate) => _media?.AddCandidate(candidate) ?? Task.CompletedTask;

    public Task AnnounceAnswer()
    {
        _media?.SetCallStatus("active");
        return Task.CompletedTask;
    }

    public Task<bool> IsOpen() => Task.FromResult(_media is { IsOpen: true });

    public async Task Close()
    {
        if (_media is not { } media) return;
        _media = null;
        await media.DisposeAsync();
        await _reports;
        DeactivateOnIdle();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_media is { } media) await media.DisposeAsync();
    }

    /// <summary>Passes what the audio reports on to the call, in order, until the audio is closed.</summary>
    private async Task Pass(CallMedia media)
    {
        var call = GrainFactory.GetGrain<ICallSignals>(this.GetPrimaryKeyString());
        await foreach (var report in media.Reports) await call.Report(report);
    }
}
