using System.Collections.Concurrent;
using System.Threading.Channels;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>A peer with what it reported, to be awaited.</summary>
internal sealed class TestPeer : IRtcPeerEvents
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<PeerState, TaskCompletionSource<PeerReason?>> _entered = new();
    private readonly Channel<AudioTransceiver> _firstPackets = Channel.CreateUnbounded<AudioTransceiver>();
    private readonly Channel<char> _digits = Channel.CreateUnbounded<char>();
    private readonly ConcurrentQueue<AudioFlow> _flows = new();
    private readonly ConcurrentQueue<string> _candidates = new();
    private readonly ConcurrentQueue<MixRefusal> _mixRefusals = new();

    public TestPeer(RtcEngine engine, PeerOptions? options = null) =>
        Peer = engine.CreatePeer(options ?? new PeerOptions { Name = "peer" }, this);

    public RtcPeer Peer { get; }

    /// <summary>What was told about the flow of audio.</summary>
    public IEnumerable<AudioFlow> Flows => _flows;

    public IEnumerable<string> Candidates => _candidates;

    /// <summary>Why it was told that it is not mixed for.</summary>
    public IReadOnlyCollection<MixRefusal> MixRefusals => _mixRefusals;

    /// <summary>Called when the first packet of a transceiver is reported.</summary>
    public Action? WhenFirstPacket { get; set; }

    /// <summary>Connects two peers; the first offers.</summary>
    public static async Task Connect(TestPeer offerer, TestPeer answerer)
    {
        await Exchange(offerer, answerer);
        await offerer.Reaches(PeerState.Connected);
        await answerer.Reaches(PeerState.Connected);
    }

    /// <summary>One exchange of descriptions; the first offers.</summary>
    public static async Task Exchange(TestPeer offerer, TestPeer answerer)
    {
        var offer = await offerer.Peer.CreateOffer();
        await offerer.Peer.AcceptAnswer(await answerer.Peer.AcceptOffer(offer));
    }

    /// <summary>Waits for so many DTMF digits, and gives those that came.</summary>
    public async Task<string> GetsDtmf(int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        var digits = "";
        while (digits.Length < count)
            digits += await _digits.Reader.ReadAsync(limit.Token);
        return digits;
    }

    /// <summary>Waits until the peer has been in the state; gives the reason it told.</summary>
    public Task<PeerReason?> Reaches(PeerState state) =>
        Entered(state).Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    /// <summary>Waits until so many ICE restarts have found a path.</summary>
    public async Task Restarted(int times = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        while ((await Peer.GetStats()).IceRestarts < times)
            await Task.Delay(5, limit.Token);
    }

    /// <summary>Waits for the next transceiver to get its first packet.</summary>
    public async Task<AudioTransceiver> GetsFirstPacket()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        return await _firstPackets.Reader.ReadAsync(limit.Token);
    }

    void IRtcPeerEvents.OnStateChanged(PeerState state, PeerReason? reason) => Entered(state).TrySetResult(reason);

    void IRtcPeerEvents.OnCandidate(string candidate) => _candidates.Enqueue(candidate);

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver)
    {
        _firstPackets.Writer.TryWrite(transceiver);
        WhenFirstPacket?.Invoke();
    }

    void IRtcPeerEvents.OnDtmf(AudioTransceiver transceiver, char digit) => _digits.Writer.TryWrite(digit);

    void IRtcPeerEvents.OnMixRefused(AudioTransceiver transceiver, MixRefusal why) => _mixRefusals.Enqueue(why);

    void IRtcPeerEvents.OnAudioFlow(AudioTransceiver transceiver, AudioFlow flow) => _flows.Enqueue(flow);

    private TaskCompletionSource<PeerReason?> Entered(PeerState state) =>
        _entered.GetOrAdd(state, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>A tap whose packets can be awaited.</summary>
internal sealed class TestTap : IRtpTap
{
    private readonly Channel<TappedPacket> _packets = Channel.CreateUnbounded<TappedPacket>();

    public int Count => _packets.Reader.Count;

    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt) =>
        _packets.Writer.TryWrite(new TappedPacket(header, payload.ToArray()));

    public async Task<TappedPacket> Next()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        return await _packets.Reader.ReadAsync(limit.Token);
    }

    public async Task<List<TappedPacket>> Next(int count)
    {
        var packets = new List<TappedPacket>();
        while (packets.Count < count)
            packets.Add(await Next());
        return packets;
    }
}

/// <summary>A packet as the tap saw it.</summary>
internal sealed record TappedPacket(RtpHeader Header, byte[] Payload);

/// <summary>Audio that can be told apart.</summary>
internal static class TestAudio
{
    public const int FrameSamples = 960;

    /// <summary>A payload of its own for each stream and number.</summary>
    public static byte[] Payload(int stream, int number)
    {
        var payload = new byte[40 + (number % 100)];
        new Random((stream * 100_003) + number).NextBytes(payload);
        return payload;
    }

    /// <summary>Sends payloads of the stream, numbered from <paramref name="first"/>.</summary>
    public static List<byte[]> Send(AudioSender sender, int stream, int count, int first = 0)
    {
        var payloads = Enumerable.Range(first, count).Select(number => Payload(stream, number)).ToList();
        foreach (var payload in payloads)
            sender.Send(payload, FrameSamples);
        return payloads;
    }
}
