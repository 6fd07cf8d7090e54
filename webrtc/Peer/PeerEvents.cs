using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Peer;

/// <summary>Calls the application's events; what they throw must not end the shard's other calls.</summary>
internal sealed class PeerEvents(IRtcPeerEvents events, string peer, ILogger logger)
{
    public void OnStateChanged(PeerState state, PeerReason? reason) => Call(() => events.OnStateChanged(state, reason));

    public void OnCandidate(string candidate) => Call(() => events.OnCandidate(candidate));

    public void OnFirstPacket(AudioTransceiver transceiver) => Call(() => events.OnFirstPacket(transceiver));

    public void OnDtmf(AudioTransceiver transceiver, char digit) => Call(() => events.OnDtmf(transceiver, digit));

    public void OnAudioFlow(AudioTransceiver transceiver, AudioFlow flow) =>
        Call(() => events.OnAudioFlow(transceiver, flow));

    public void OnMixRefused(AudioTransceiver transceiver, MixRefusal why) =>
        Call(() => events.OnMixRefused(transceiver, why));

    public void OnDataChannel(DataChannel channel) => Call(() => events.OnDataChannel(channel));

    public void OnDataChannelOpen(DataChannel channel) => Call(() => events.OnDataChannelOpen(channel));

    public void OnDataChannelDrained(DataChannel channel) => Call(() => events.OnDataChannelDrained(channel));

    public void OnDataChannelClosed(DataChannel channel, string? reason) =>
        Call(() => events.OnDataChannelClosed(channel, reason));

    public void OnData(DataChannel channel, ReadOnlySpan<byte> message, bool isText)
    {
        try
        {
            events.OnData(channel, message, isText);
        }
        catch (Exception e)
        {
            logger.EventHandlerFailed(e, peer);
        }
    }

    private void Call(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            logger.EventHandlerFailed(e, peer);
        }
    }
}
