using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>The music that a phone hears while it is on hold: another party, as a bridge is.</summary>
internal sealed class HoldMusic(RtcEngine engine, string bridge)
{
    private readonly FarEndLine _line = new(engine, $"music {bridge}");

    public string Bridge => bridge;

    /// <summary>Offers itself to the phone.</summary>
    public async Task Begin(Action<string> offer)
    {
        var sdp = await _line.Offer();
        _ = _line.Play(FarEndSounds.Music, loop: true);
        offer(sdp);
    }

    public async Task Accept(string sdp)
    {
        try
        {
            await _line.Accept(sdp);
        }
        catch (SdpException)
        {
            // The phone stays without music.
        }
    }

    public void End() => _ = _line.Close();
}
