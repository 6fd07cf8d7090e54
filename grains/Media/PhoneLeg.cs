using GoTo.Calls;
using GoTo.WebRtc;

namespace GoTo.Media;

/// <summary>
/// One connection to the phone. A call that we place may have its leg offered before GoTo gives the call a name: what
/// happens to it until then is told when the call's audio takes it.
/// </summary>
internal sealed class PhoneLeg : IRtcPeerEvents
{
    private const int MostUntold = 64;

    /// <summary>How long GoTo's <c>call.ended</c> may take after the phone has closed its audio.</summary>
    private static readonly TimeSpan HangUpGrace = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<Action<CallMedia>> _untold = new();
    private CallMedia? _media;
    private ITimer? _grace;

    private PhoneLeg(TimeProvider time) => _time = time;

    public RtcPeer Peer { get; private set; } = null!;

    /// <summary>The SDP offer, ours or GoTo's.</summary>
    public string? Offer { get; private set; }

    /// <summary>The SDP answer to it.</summary>
    public string? Answer { get; private set; }

    /// <summary>What is heard and said; null when the two sides agree on nothing.</summary>
    public AudioTransceiver? Audio { get; private set; }

    public static PhoneLeg Create(MediaHost host, string name, int shardKey)
    {
        var leg = new PhoneLeg(host.Time);
        leg.Peer = host.Engine.CreatePeer(new PeerOptions { Name = name, ShardKey = shardKey }, leg);
        return leg;
    }

    /// <summary>Of a call whose leg is offered with its dial, the dial says where both legs go.</summary>
    public static int? ShardOf(string? dial) => dial?.GetHashCode(StringComparison.Ordinal);

    /// <exception cref="SdpException">It cannot be read.</exception>
    public async Task AcceptOffer(string sdpOffer)
    {
        Offer = sdpOffer;
        Answer = await Peer.AcceptOffer(sdpOffer);
        Audio = Active;
    }

    public async Task<string> MakeOffer()
    {
        Peer.AddTransceiver(TransceiverDirection.SendRecv, "goto", "agent");
        return Offer = await Peer.CreateOffer();
    }

    /// <exception cref="SdpException">It cannot be read, or is no answer to our offer.</exception>
    public async Task AcceptAnswer(string sdpAnswer)
    {
        await Peer.AcceptAnswer(sdpAnswer);
        Answer = sdpAnswer;
        Audio = Active;
    }

    /// <summary>From now on the call's audio is told what happens, and first what has happened.</summary>
    public void Join(CallMedia media)
    {
        lock (_gate)
        {
            _media = media;
            while (_untold.TryDequeue(out var told)) told(media);
        }
    }

    public void OnStateChanged(PeerState state, PeerReason? reason)
    {
        Tell(media => media.Note(state, reason));
        if (state is not (PeerState.Failed or PeerState.Closed)) return;
        // A phone that hangs up closes its audio, and that is often here before GoTo's event.
        var wait = reason is { Cause: PeerCause.ClosedByRemote } ? HangUpGrace : TimeSpan.Zero;
        _grace = _time.CreateTimer(
            _ => Lose($"the phone's audio connection is {state} ({reason?.Cause}): {reason}"), null, wait,
            Timeout.InfiniteTimeSpan);
    }

    public void OnFirstPacket(AudioTransceiver transceiver) => Report(new CallCommand.StartAudio(AudioDirection.FromCaller));

    public void OnAudioFlow(AudioTransceiver transceiver, AudioFlow flow) =>
        Report(flow is AudioFlow.NothingReceived or AudioFlow.NothingEitherWay
            ? new CallCommand.LapseAudio(CallGuards.Noticed)
            : new CallCommand.ReturnAudio());

    public void OnDtmf(AudioTransceiver transceiver, char digit) =>
        Report(new CallCommand.ReceiveDigit(digit.ToString(), null, DigitSource.Audio));

    public void OnCandidate(string candidate)
    {
        // Host candidates are all inside the SDP; nothing trickles to GoTo.
    }

    private AudioTransceiver? Active =>
        Peer.Transceivers.FirstOrDefault(t => t.CurrentDirection is not TransceiverDirection.Inactive);

    private void Lose(string why)
    {
        _grace?.Dispose();
        Report(new CallCommand.FailMedia(why));
    }

    private void Report(CallCommand report) => Tell(media => media.Hear(this, report));

    private void Tell(Action<CallMedia> what)
    {
        lock (_gate)
        {
            if (_media is { } media) what(media);
            else if (_untold.Count < MostUntold) _untold.Enqueue(what);
        }
    }
}
