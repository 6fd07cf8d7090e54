using System.Text.RegularExpressions;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Pass-through of audio between peers of one engine.</summary>
public sealed class ForwardingTests : IAsyncDisposable
{
    private readonly RtcEngine _bridge = TestEngine.Start(new RtcOptions { Shards = 2 });
    private readonly List<RtcEngine> _phones = [];

    public async ValueTask DisposeAsync()
    {
        await _bridge.DisposeAsync();
        foreach (var phone in _phones)
            await phone.DisposeAsync();
    }

    [Fact]
    public async Task A_bridged_call_carries_audio_both_ways_untouched()
    {
        var a = await Leg();
        var b = await Leg();
        await a.Feeds(b);
        await b.Feeds(a);

        var toB = TestAudio.Send(a.There.Sender, stream: 1, count: 100);
        var toA = TestAudio.Send(b.There.Sender, stream: 2, count: 100);

        var atB = await b.Heard.Next(100);
        Assert.Equal(toB, atB.Select(p => p.Payload));
        Assert.Equal(toA, (await a.Heard.Next(100)).Select(p => p.Payload));
        Assert.All(atB, p => Assert.Equal(b.Here.Sender.Ssrc, p.Header.Ssrc));
        Assert.Equal(200, _bridge.GetStats().PacketsForwarded);
    }

    [Fact]
    public async Task One_receiver_can_be_forwarded_to_many()
    {
        var speaker = await Leg();
        var listeners = new[] { await Leg(), await Leg(), await Leg() };
        foreach (var listener in listeners)
            await speaker.Feeds(listener);

        var sent = TestAudio.Send(speaker.There.Sender, stream: 1, count: 30);

        foreach (var listener in listeners)
            Assert.Equal(sent, (await listener.Heard.Next(30)).Select(p => p.Payload));
    }

    [Fact]
    public async Task A_senders_numbers_stay_continuous_when_its_source_changes()
    {
        var first = await Leg();
        var second = await Leg();
        var listener = await Leg();

        await first.Feeds(listener);
        var sent = TestAudio.Send(first.There.Sender, stream: 1, count: 10);
        var heard = await listener.Heard.Next(10);
        await second.Feeds(listener);
        sent.AddRange(TestAudio.Send(second.There.Sender, stream: 2, count: 10));
        heard.AddRange(await listener.Heard.Next(10));

        Assert.Equal(sent, heard.Select(p => p.Payload));
        for (var i = 1; i < heard.Count; i++)
        {
            Assert.Equal((ushort)(heard[i - 1].Header.SequenceNumber + 1), heard[i].Header.SequenceNumber);
            Assert.True((int)(heard[i].Header.Timestamp - heard[i - 1].Header.Timestamp) > 0);
        }

        Assert.Equal([0, 10], Enumerable.Range(0, 20).Where(i => heard[i].Header.Marker));
    }

    [Fact]
    public async Task Forwarding_can_be_stopped_and_the_application_take_over()
    {
        var speaker = await Leg();
        var listener = await Leg();
        await speaker.Feeds(listener);
        TestAudio.Send(speaker.There.Sender, stream: 1, count: 5);
        await listener.Heard.Next(5);

        // While a receiver feeds the sender, what the application sends is not mixed in.
        listener.Here.Sender.Send(new byte[10], TestAudio.FrameSamples);
        speaker.Here.Receiver.StopForwarding(listener.Here.Sender);
        var announced = TestAudio.Send(listener.Here.Sender, stream: 2, count: 5);

        Assert.Equal(announced, (await listener.Heard.Next(5)).Select(p => p.Payload));
    }

    [Fact]
    public async Task Forwarding_ends_with_either_peer()
    {
        var speaker = await Leg();
        var gone = await Leg();
        var listener = await Leg();
        await speaker.Feeds(gone);
        await speaker.Feeds(listener);

        await gone.Peer.Close();

        var sent = TestAudio.Send(speaker.There.Sender, stream: 1, count: 5);
        Assert.Equal(sent, (await listener.Heard.Next(5)).Select(p => p.Payload));
        await speaker.Peer.Close();
        var announced = TestAudio.Send(listener.Here.Sender, stream: 2, count: 5);
        Assert.Equal(announced, (await listener.Heard.Next(5)).Select(p => p.Payload));
    }

    [Fact]
    public async Task Payload_types_are_mapped_by_codec()
    {
        var a = await Leg();
        var b = await Leg(offer => Regex.Replace(offer, @"\b111\b", "96"));
        await a.Feeds(b);

        TestAudio.Send(a.There.Sender, stream: 1, count: 1);

        Assert.Equal(96, (await b.Heard.Next()).Header.PayloadType);
    }

    [Fact]
    public async Task Audio_is_not_forwarded_between_shards()
    {
        var here = await Leg();
        var elsewhere = await Leg(shardKey: 1);

        var error = Assert.Throws<InvalidOperationException>(
            () => here.Here.Receiver.Forward(elsewhere.Here.Sender));

        Assert.Contains(nameof(PeerOptions.ShardKey), error.Message, StringComparison.Ordinal);
    }

    private async Task<TestLeg> Leg(Func<string, string>? rewriteOffer = null, int shardKey = 0)
    {
        // A phone has a port of its own, as real ones do.
        var phone = TestEngine.Start();
        _phones.Add(phone);
        var far = new TestPeer(phone);
        var near = new TestPeer(_bridge, new PeerOptions { Name = "leg", ShardKey = shardKey });
        var there = far.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var heard = new TestTap();
        there.Receiver.Tap = heard;
        var offer = await far.Peer.CreateOffer();
        await far.Peer.AcceptAnswer(await near.Peer.AcceptOffer(rewriteOffer?.Invoke(offer) ?? offer));
        await far.Reaches(PeerState.Connected);
        await near.Reaches(PeerState.Connected);
        return new TestLeg(near.Peer, near.Peer.Transceivers[0], there, heard);
    }

    /// <summary>A leg of the bridge with the phone at its other end, and what that phone hears.</summary>
    private sealed record TestLeg(RtcPeer Peer, AudioTransceiver Here, AudioTransceiver There, TestTap Heard)
    {
        /// <summary>Forwards to the other leg, from the next packet on.</summary>
        public async Task Feeds(TestLeg other)
        {
            Here.Receiver.Forward(other.Here.Sender);
            // Posted after it: when this is answered the shard has done both.
            await Peer.GetStats();
        }
    }
}
