using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Announcements into a leg, on a clock that the test moves.</summary>
public sealed class AnnouncementTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RtcEngine _engine;
    private readonly RtcEngine _far;

    public AnnouncementTests() => (_engine, _far) = (TestEngine.Start(time: _time), TestEngine.Start(time: _time));

    private static Announcement Speech
    {
        get
        {
            using var file = typeof(AnnouncementTests).Assembly.GetManifestResourceStream("speech.opus")!;
            return Announcement.Read(file);
        }
    }

    private static IReadOnlyList<OpusPacket> SpeechPackets
    {
        get
        {
            using var file = typeof(AnnouncementTests).Assembly.GetManifestResourceStream("speech.opus")!;
            return OggOpusReader.Read(file).Packets;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task A_file_is_played_bit_for_bit_a_packet_when_it_is_due()
    {
        var leg = await Leg();
        var speech = Speech;
        var packets = SpeechPackets;
        Assert.Equal(TimeSpan.FromMilliseconds(20 * packets.Count), speech.Duration);

        var end = leg.Sender.Play(speech);
        await leg.Pass(20 * (packets.Count - 1));

        var heard = await leg.Heard.Next(packets.Count);
        Assert.Equal(packets.Select(p => p.Payload.ToArray()), heard.Select(p => p.Payload));
        RequireContinuous(heard);
        Assert.All(
            heard.Zip(heard.Skip(1)),
            p => Assert.Equal(960u, p.Second.Header.Timestamp - p.First.Header.Timestamp));
        Assert.Equal([0], Enumerable.Range(0, heard.Count).Where(i => heard[i].Header.Marker));
        // Played is what was heard to its end.
        Assert.False(end.IsCompleted);
        await leg.Pass(20);
        Assert.Equal(AnnouncementEnd.Played, await end);
    }

    [Fact]
    public async Task The_source_waits_while_an_announcement_plays_and_goes_on_after_it_without_a_jump()
    {
        var leg = await Leg();
        var talker = await Leg();
        talker.Here.Receiver.Forward(leg.Sender);
        var heard = new List<TappedPacket>();
        await talker.Say(leg, heard, 10);

        var end = leg.Sender.Play(Speech);
        await leg.Pass(20);
        var announced = SpeechPackets;
        heard.AddRange(await leg.Heard.Next(2));
        await talker.Say(leg, heard, 10);
        Assert.Equal(
            announced.Take(12).Select(p => p.Payload.ToArray()), heard.Skip(10).Select(p => p.Payload));
        leg.Sender.StopPlaying();
        Assert.Equal(AnnouncementEnd.Stopped, await end);
        await talker.Say(leg, heard, 10);

        RequireContinuous(heard);
        Assert.Equal(30 + 2, heard.Count);
        Assert.Equal([0, 10, 22], Enumerable.Range(0, heard.Count).Where(i => heard[i].Header.Marker));
        // Each change takes a tick of the clock at least, and no more time than has passed.
        Assert.InRange(heard[^1].Header.Timestamp - heard[0].Header.Timestamp, 29u * 960, 32u * 960);
    }

    [Fact]
    public async Task Hold_music_begins_again_without_a_gap_until_another_announcement_takes_its_place()
    {
        var leg = await Leg();
        var packets = SpeechPackets;
        var music = leg.Sender.Play(Speech, loop: true);
        await leg.Pass(20 * ((2 * packets.Count) + 5));
        var heard = await leg.Heard.Next((2 * packets.Count) + 6);
        Assert.Equal(packets[5].Payload.ToArray(), heard[^1].Payload);
        Assert.False(music.IsCompleted);

        var next = leg.Sender.Play(Speech);
        Assert.Equal(AnnouncementEnd.Stopped, await music);
        await leg.Pass(20);
        heard.AddRange(await leg.Heard.Next(1));
        RequireContinuous(heard);
        await leg.Near.Peer.Close();
        Assert.Equal(AnnouncementEnd.ConnectionLost, await next);
        Assert.Equal(AnnouncementEnd.ConnectionLost, await leg.Sender.Play(Speech));
    }

    [Fact]
    public async Task An_announcement_waits_for_the_connection_and_while_the_remote_side_holds()
    {
        var (near, far) = (new TestPeer(_engine), new TestPeer(_far));
        var sender = near.Peer.AddTransceiver(TransceiverDirection.SendRecv).Sender;
        var end = sender.Play(Speech);
        await TestPeer.Connect(near, far);
        var heard = new TestTap();
        far.Peer.Transceivers[0].Receiver.Tap = heard;
        var leg = new TestLeg(_time, near, near.Peer.Transceivers[0], far.Peer.Transceivers[0], heard);
        await leg.Pass(200);
        var before = await heard.Next(5);

        far.Peer.Transceivers[0].Direction = TransceiverDirection.SendOnly;
        await TestPeer.Exchange(far, near);
        var sent = (await near.Peer.GetStats()).Audio[0].PacketsSent;
        await leg.Pass(1_000);
        Assert.Equal(sent, (await near.Peer.GetStats()).Audio[0].PacketsSent);
        far.Peer.Transceivers[0].Direction = TransceiverDirection.SendRecv;
        await TestPeer.Exchange(far, near);
        await leg.Pass(20 * SpeechPackets.Count);

        Assert.Equal(AnnouncementEnd.Played, await end);
        Assert.Equal(SpeechPackets.Count, (await near.Peer.GetStats()).Audio[0].PacketsSent);
        Assert.NotEmpty(before);
    }

    [Fact]
    public async Task A_packet_of_an_announcement_allocates_nothing()
    {
        var leg = await Leg();
        _ = leg.Sender.Play(Speech, loop: true);
        await leg.Near.Peer.GetStats();
        await Advance(200);
        var before = _engine.GetStats().BytesAllocatedByShards;
        var sent = _engine.GetStats().DatagramsSent;
        await Advance(200);

        Assert.Equal(before, _engine.GetStats().BytesAllocatedByShards);
        Assert.True(_engine.GetStats().DatagramsSent >= sent + 200);

        // Without any work posted: that allocates.
        async Task Advance(int packets)
        {
            for (var i = 0; i < packets; i++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                await leg.Heard.Next();
            }
        }
    }

    private static void RequireContinuous(List<TappedPacket> heard)
    {
        Assert.All(heard.Zip(heard.Skip(1)), pair =>
        {
            Assert.Equal((ushort)(pair.First.Header.SequenceNumber + 1), pair.Second.Header.SequenceNumber);
            Assert.True((int)(pair.Second.Header.Timestamp - pair.First.Header.Timestamp) > 0);
        });
    }

    private async Task<TestLeg> Leg()
    {
        var (near, far) = (new TestPeer(_engine), new TestPeer(_far));
        var here = near.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(near, far);
        var heard = new TestTap();
        far.Peer.Transceivers[0].Receiver.Tap = heard;
        return new TestLeg(_time, near, here, far.Peer.Transceivers[0], heard);
    }

    /// <summary>A leg of the engine, and its phone.</summary>
    private sealed record TestLeg(
        FakeTimeProvider Time, TestPeer Near, AudioTransceiver Here, AudioTransceiver There, TestTap Heard)
    {
        public AudioSender Sender => Here.Sender;

        /// <summary>Lets time pass in steps of 20 ms, with a turn of the sending shard before and after each.</summary>
        public async Task Pass(int milliseconds)
        {
            await Near.Peer.GetStats();
            for (; milliseconds > 0; milliseconds -= 20)
            {
                Time.Advance(TimeSpan.FromMilliseconds(20));
                for (var turn = 0; turn < 2; turn++)
                    await Near.Peer.GetStats();
            }
        }

        /// <summary>The phone says packets, one every 20 ms; the listener hears as many, of whatever feeds it.</summary>
        public async Task Say(TestLeg listener, List<TappedPacket> heard, int count)
        {
            for (var i = 0; i < count; i++)
            {
                await listener.Pass(20);
                var received = (await Near.Peer.GetStats()).Audio[0].PacketsReceived;
                TestAudio.Send(There.Sender, stream: 1, count: 1, first: i);
                while ((await Near.Peer.GetStats()).Audio[0].PacketsReceived == received)
                    await Task.Yield();
                heard.Add(await listener.Heard.Next());
            }
        }
    }
}
