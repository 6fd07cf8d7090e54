using System.Diagnostics;
using System.Globalization;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Bench;

/// <summary>
/// Calls through a bridge engine on loopback: both phones of each call, on an engine of their own, send a packet every
/// 20 ms. Prints what the bridge's shard thread spends on a forwarded packet, and what the whole process allocates.
/// </summary>
internal sealed class ForwardBench : IAsyncDisposable
{
    private const int Samples = 960;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly RtcEngine _bridge = Engine();
    private readonly RtcEngine _phones = Engine();
    private readonly List<RtcPeer> _peers = [];
    private readonly List<RtcPeer> _legs = [];
    private readonly byte[] _payload = new byte[80];

    /// <summary>The port that all legs of the bridge share.</summary>
    public int BridgePort => _bridge.LocalEndPoints[0].Port;

    /// <summary>The ports of the phones.</summary>
    public List<int> PhonePorts { get; } = [];

    /// <summary>The last answer of the bridge.</summary>
    public string LastAnswer { get; private set; } = "";

    public static async Task<int> Run(string[] args)
    {
        var options = new ConfigurationBuilder().AddCommandLine(args).Build();
        var calls = options.GetValue("calls", 20);
        var seconds = options.GetValue("seconds", 5);
        var profile = options.GetValue("profile", "gcm") == "gcm"
            ? SrtpProfile.AeadAes128Gcm
            : SrtpProfile.Aes128CmSha1_80;
        Console.WriteLine(await new ForwardBench().Run(calls, TimeSpan.FromSeconds(seconds), profile));
        return 0;
    }

    private static RtcEngine Engine() => new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);

    private async Task<string> Run(int calls, TimeSpan duration, SrtpProfile profile)
    {
        await _bridge.Ready;
        await _phones.Ready;
        var setUp = Stopwatch.StartNew();
        await Connect(calls, profile);
        var setUpMs = setUp.Elapsed.TotalMilliseconds / calls;

        await Talk(TimeSpan.FromSeconds(2));
        var before = await Measure();
        var sent = await Talk(duration);
        var after = await Measure();
        await DisposeAsync();

        var forwarded = after.Forwarded - before.Forwarded;
        var received = after.Received - before.Received;
        var cpu = (after.BridgeCpu - before.BridgeCpu).TotalMicroseconds / forwarded;
        var bridgeBytes = (double)(after.BridgeBytes - before.BridgeBytes) / forwarded;
        var allBytes = (double)(after.AllBytes - before.AllBytes) / forwarded;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            calls {calls}, {profile}, {duration.TotalSeconds:0} s, set-up of a call (two legs) {setUpMs:0.0} ms
            packets sent {sent}, forwarded {forwarded}, received {received}, lost {sent - received}
            bridge thread: {cpu:0.00} us CPU per forwarded packet, {bridgeBytes:0.000} bytes allocated
            whole process: {allBytes:0.00} bytes allocated per forwarded packet
            """);
    }

    /// <summary>Sets so many calls up.</summary>
    public async Task Connect(int calls, SrtpProfile profile)
    {
        for (var call = 0; call < calls; call++)
            await Connect(profile);
    }

    /// <summary>How many peers, of phones and legs, are connected.</summary>
    public async Task<int> ConnectedPeers()
    {
        var connected = 0;
        foreach (var peer in _peers.Concat(_legs))
            connected += (await peer.GetStats()).State == PeerState.Connected ? 1 : 0;
        return connected;
    }

    public async ValueTask DisposeAsync()
    {
        await _bridge.DisposeAsync();
        await _phones.DisposeAsync();
    }

    private async Task Connect(SrtpProfile profile)
    {
        var legs = new RtcPeer[2];
        for (var i = 0; i < 2; i++)
        {
            var phone = _phones.CreatePeer(
                new PeerOptions { Name = "phone", SrtpProfiles = [profile] }, NoEvents.Instance);
            phone.AddTransceiver(TransceiverDirection.SendRecv);
            var connected = new Connected();
            legs[i] = _bridge.CreatePeer(new PeerOptions { Name = "leg", SrtpProfiles = [profile] }, connected);
            LastAnswer = await legs[i].AcceptOffer(await phone.CreateOffer());
            await phone.AcceptAnswer(LastAnswer);
            await connected.Task.WaitAsync(TimeSpan.FromSeconds(10));
            _peers.Add(phone);
            _legs.Add(legs[i]);
            PhonePorts.Add((await legs[i].GetStats()).RemoteAddress!.Port);
        }

        legs[0].Transceivers[0].Receiver.Forward(legs[1].Transceivers[0].Sender);
        legs[1].Transceivers[0].Receiver.Forward(legs[0].Transceivers[0].Sender);
    }

    /// <summary>All phones send for so long.</summary>
    /// <returns>Packets sent.</returns>
    public async Task<long> Talk(TimeSpan duration)
    {
        var senders = _peers.ConvertAll(p => p.Transceivers[0].Sender);
        var frames = (int)(duration / Frame);
        using var timer = new PeriodicTimer(Frame);
        for (var frame = 0; frame < frames; frame++)
        {
            foreach (var sender in senders)
                sender.Send(_payload, Samples);
            await timer.WaitForNextTickAsync();
        }

        return (long)frames * senders.Count;
    }

    public async Task<Reading> Measure()
    {
        // Some frames' time for what is on its way.
        await Task.Delay(5 * Frame);
        var received = 0L;
        foreach (var peer in _peers)
            received += (await peer.GetStats()).Audio[0].PacketsReceived;
        var cpu = new TaskCompletionSource<TimeSpan>();
        _bridge.ShardOf(0).Post(() => cpu.SetResult(ThreadClock.Now()));
        var stats = _bridge.GetStats();
        return new Reading(
            stats.PacketsForwarded, received, await cpu.Task, stats.BytesAllocatedByShards,
            GC.GetTotalAllocatedBytes(precise: true));
    }

    internal readonly record struct Reading(
        long Forwarded, long Received, TimeSpan BridgeCpu, long BridgeBytes, long AllBytes);

    private sealed class Connected : IRtcPeerEvents
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _done.Task;

        public void OnStateChanged(PeerState state, PeerReason? reason)
        {
            if (state == PeerState.Connected)
                _done.TrySetResult();
            else if (state is PeerState.Failed)
                _done.TrySetException(new InvalidOperationException($"{reason}"));
        }

        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }
    }
}
