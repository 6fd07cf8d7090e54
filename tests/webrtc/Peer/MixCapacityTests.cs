using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>What happens when more legs would have to be transcoded than the codec threads take.</summary>
public sealed class MixCapacityTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly RtcEngine _bridge =
        TestEngine.Start(new RtcOptions { CodecThreads = 2, MixedLegsPerThread = 1 });
    private readonly RtcEngine _phones = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _bridge.DisposeAsync();
        await _phones.DisposeAsync();
    }

    [Fact]
    public async Task A_leg_too_many_is_refused_once_and_taken_in_when_there_is_room()
    {
        var calls = new List<Transcoded>();
        for (var i = 0; i < 3; i++)
            calls.Add(await Call());
        using var talking = new CancellationTokenSource();
        var talk = Talk(calls, talking.Token);

        await Until(() => _bridge.GetStats() is { MixedLegs: 2, MixesRefused: > 0 });
        var refused = Assert.Single(calls, call => call.Listener.MixRefusals.Count > 0);
        Assert.Equal([MixRefusal.NoCapacity], refused.Listener.MixRefusals);
        Assert.Equal(0, refused.Heard.Count);
        var served = calls.Where(call => call != refused).ToList();
        foreach (var call in served)
            await Until(() => call.Heard.Count > 0);

        await served[0].Listener.Peer.Close();

        await Until(() => refused.Heard.Count > 0);
        Assert.Equal([MixRefusal.NoCapacity], refused.Listener.MixRefusals);
        Assert.Equal(2, _bridge.GetStats().MixedLegs);
        await talking.CancelAsync();
        await talk;
    }

    /// <summary>Every 20 ms each speaks; what a leg that is closed is sent is dropped.</summary>
    private static async Task Talk(List<Transcoded> calls, CancellationToken stop)
    {
        var frame = new byte[160];
        new Random(1).NextBytes(frame);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!stop.IsCancellationRequested)
        {
            foreach (var call in calls)
                call.Mouth.Send(frame, frame.Length);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    /// <summary>A phone of PCMU is heard by one of PCMA.</summary>
    private async Task<Transcoded> Call()
    {
        var (_, mouth, from) = await Leg(AudioCodec.Pcmu);
        var (listener, ear, to) = await Leg(AudioCodec.Pcma);
        var tap = new TestTap();
        ear.Receiver.Tap = tap;
        from.Receiver.Forward(to.Sender);
        return new Transcoded(mouth.Sender, listener, tap);
    }

    private async Task<(TestPeer Near, AudioTransceiver Phone, AudioTransceiver Leg)> Leg(AudioCodec codec)
    {
        var phone = new TestPeer(_phones, new PeerOptions { Name = "phone", Codecs = [codec] });
        var near = new TestPeer(_bridge, new PeerOptions { Name = "leg" });
        var line = phone.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(phone, near);
        return (near, line, near.Peer.Transceivers[0]);
    }

    private sealed record Transcoded(AudioSender Mouth, TestPeer Listener, TestTap Heard);
}
