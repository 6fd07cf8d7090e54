using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>The audio between a sound of the cloud's and one party: real ICE, DTLS-SRTP and Opus or G.711, as the party likes.</summary>
internal sealed class FarEndLine : IRtcPeerEvents
{
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RtcPeer _peer;
    private AudioTransceiver? _audio;

    public FarEndLine(RtcEngine engine, string name) =>
        _peer = engine.CreatePeer(new PeerOptions { Name = $"far end {name}" }, this);

    public async Task<string> Offer()
    {
        Take(_peer.AddTransceiver(TransceiverDirection.SendRecv, "far-end", "microphone"));
        return await _peer.CreateOffer();
    }

    /// <exception cref="SdpException">It cannot be read.</exception>
    public async Task<string> Answer(string offer)
    {
        var answer = await _peer.AcceptOffer(offer);
        Take(_peer.Transceivers[0]);
        return answer;
    }

    /// <exception cref="SdpException">It cannot be read.</exception>
    public async Task Accept(string answer) => await _peer.AcceptAnswer(answer);

    /// <summary>Is heard from the moment on when there is a connection.</summary>
    public Task<AnnouncementEnd> Play(Announcement sound, bool loop = false) => _audio!.Sender.Play(sound, loop);

    public void StopPlaying() => _audio!.Sender.StopPlaying();

    /// <summary>Presses keys once there is a connection (RFC 4733).</summary>
    public async Task Press(string digits)
    {
        await _connected.Task;
        await _audio!.Sender.SendDtmf(digits);
    }

    /// <summary>From now on what the party says is kept.</summary>
    public void Record(VoicemailMessage message)
    {
        message.Codec = _audio!.Codec ?? AudioCodec.Opus;
        _audio.Receiver.Tap = message;
    }

    public Task Close() => _peer.Close().AsTask();

    public void OnStateChanged(PeerState state, PeerReason? reason)
    {
        if (state == PeerState.Connected)
            _connected.TrySetResult();
    }

    // Offer and answer carry all candidates.
    public void OnCandidate(string candidate)
    {
    }

    public void OnFirstPacket(AudioTransceiver transceiver)
    {
    }

    private void Take(AudioTransceiver audio)
    {
        audio.Sender.FillsSilence = true;
        _audio = audio;
    }
}
