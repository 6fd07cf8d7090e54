using GoTo.WebRtc;
using Orleans.Placement;

namespace GoTo.Media;

[GrainType("media-offer"), MediaPlacement, Immovable]
internal sealed class MediaOfferGrain(MediaHost host, ILocalSiloDetails silo) : Grain, IMediaOfferGrain
{
    /// <summary>Longer than the longest dial request and the opening of a room.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private PhoneLeg? _leg;

    private string Dial => this.GetPrimaryKeyString();

    public async Task<string> Offer()
    {
        if (_leg is { Offer: { } offer }) return offer;
        var leg = PhoneLeg.Create(host, $"{Dial} phone", PhoneLeg.ShardOf(Dial)!.Value);
        offer = await leg.MakeOffer();
        host.Keep(Dial, _leg = leg);
        DelayDeactivation(2 * Patience);
        this.RegisterGrainTimer(_ => Withdraw(), new GrainTimerCreationOptions(Patience, Timeout.InfiniteTimeSpan));
        return offer;
    }

    public async Task<string?> Accept(string sdpAnswer)
    {
        if (_leg is not { } leg) return "the audio that was offered is gone";
        try
        {
            await leg.AcceptAnswer(sdpAnswer);
            return leg.Audio is null ? "GoTo's answer has no active audio" : null;
        }
        catch (SdpException e)
        {
            return e.Message;
        }
    }

    public Task<SiloAddress?> Place() => Task.FromResult(host.HasOffered(Dial) ? silo.SiloAddress : null);

    public Task Withdraw()
    {
        DeactivateOnIdle();
        return Close();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Close();

    private async Task Close()
    {
        if (host.TakeOffered(Dial) is { } leg) await leg.Peer.Close();
    }
}
