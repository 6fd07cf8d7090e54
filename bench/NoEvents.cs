using GoTo.WebRtc;

namespace GoTo.Bench;

/// <summary>Events that nobody looks at.</summary>
internal sealed class NoEvents : IRtcPeerEvents
{
    public static NoEvents Instance { get; } = new();

    public void OnStateChanged(PeerState state, PeerReason? reason)
    {
    }

    public void OnCandidate(string candidate)
    {
    }

    public void OnFirstPacket(AudioTransceiver transceiver)
    {
    }
}
