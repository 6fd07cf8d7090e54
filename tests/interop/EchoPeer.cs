using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>
/// One peer connection of the engine that sends back what it receives, on an engine of its own: the public API only.
/// </summary>
internal sealed class EchoPeer : IRtcPeerEvents, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly RtcEngine _engine;
    private readonly Dictionary<PeerState, TaskCompletionSource<PeerReason?>> _states =
        Enum.GetValues<PeerState>().ToDictionary(state => state, _ => New<PeerReason?>());
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ConcurrentQueue<char> _digits = new();
    private readonly Channel<string> _candidates = Channel.CreateUnbounded<string>();

    private EchoPeer(RtcEngine engine, PeerOptions options)
    {
        _engine = engine;
        Peer = engine.CreatePeer(options, this);
    }

    public RtcPeer Peer { get; }

    public static Task<EchoPeer> Create(DtlsRole answerRole = DtlsRole.Server, params SrtpProfile[] profiles)
    {
        var options = new PeerOptions { Name = "echo", AnswerRole = answerRole };
        return Create(profiles.Length > 0 ? options with { SrtpProfiles = profiles } : options);
    }

    public static async Task<EchoPeer> Create(PeerOptions options, IPAddress? address = null)
    {
        var engine = new RtcEngine(
            new RtcOptions { BindAddress = address ?? IPAddress.Loopback }, TimeProvider.System,
            NullLoggerFactory.Instance);
        await engine.Ready;
        return new EchoPeer(engine, options);
    }

    /// <summary>The DTMF digits that were received.</summary>
    public string Digits => string.Concat(_digits);

    /// <summary>Takes an offer and gives back its answer.</summary>
    public async Task<string> Answer(string offer)
    {
        var answer = await Peer.AcceptOffer(offer);
        Echo();
        return answer;
    }

    /// <summary>Offers one audio m-line.</summary>
    public async Task<string> Offer()
    {
        Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var offer = await Peer.CreateOffer();
        Echo();
        return offer;
    }

    /// <summary>The next candidate that it trickles; empty for the end.</summary>
    public async Task<string> NextCandidate() =>
        await _candidates.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);

    /// <summary>Waits until so many ICE restarts have found a path.</summary>
    public async Task Restarted(int times)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        while ((await Peer.GetStats()).IceRestarts < times)
            await Task.Delay(10, limit.Token);
    }

    /// <summary>Waits until the state has been reached; gives the reason that came with it.</summary>
    public Task<PeerReason?> Reached(PeerState state) =>
        _states[state].Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    /// <summary>Waits until the first packet has been received and authenticated.</summary>
    public Task Heard() => _heard.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    /// <summary>
    /// Asserts what our side saw of a call in which nothing went wrong, and how it was set up.
    /// </summary>
    public async Task AssertFlawless(DtlsRole role, SrtpProfile profile, int packets)
    {
        var stats = await Peer.GetStats();
        var audio = Assert.Single(stats.Audio, line => line.PacketsReceived > 0);
        Assert.Equal(
            (PeerState.Connected, role, profile, 0, 0, 0, 0),
            (stats.State, stats.DtlsRole, stats.Profile,
                stats.AuthenticationFailures, stats.Replays, stats.Dropped, audio.PacketsLost));
        Assert.InRange(audio.PacketsReceived, packets, int.MaxValue);
        Assert.InRange(audio.PacketsSent, packets, int.MaxValue);
        Assert.InRange(audio.RemotePacketsLost ?? 0, -1, 0); // its first report may be due later; GStreamer begins at -1
    }

    /// <summary>What our side counted, for the output of a test that fails.</summary>
    public async Task<string> Describe()
    {
        var stats = await Peer.GetStats();
        return $"{stats}, {string.Join(", ", stats.Audio)}";
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    void IRtcPeerEvents.OnStateChanged(PeerState state, PeerReason? reason) => _states[state].TrySetResult(reason);

    void IRtcPeerEvents.OnCandidate(string candidate) => _candidates.Writer.TryWrite(candidate);

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver) => _heard.TrySetResult();

    void IRtcPeerEvents.OnDtmf(AudioTransceiver transceiver, char digit) => _digits.Enqueue(digit);

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Echo()
    {
        foreach (var transceiver in Peer.Transceivers) transceiver.Receiver.Forward(transceiver.Sender);
    }
}
