using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>What a sender does while nothing feeds it, on a clock that the test moves.</summary>
public sealed class SilenceTests : IAsyncDisposable
{
    private static readonly byte[] OpusSilence = [0xF8, 0xFF, 0xFE];

    private readonly FakeTimeProvider _time = new();
    private readonly RtcEngine _engine;
    private readonly RtcEngine _far;

    public SilenceTests() => (_engine, _far) = (TestEngine.Start(time: _time), TestEngine.Start(time: _time));

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Silence_is_often_at_first_then_rare_and_joins_what_comes_after_it_without_a_jump()
    {
        var (call, sender, heard) = await Call();
        TestAudio.Send(sender, stream: 1, count: 1);
        var last = (await heard.Next()).Header;

        sender.FillsSilence = true;
        await Pass(499, call);
        Assert.Equal(0, heard.Count);
        await Pass(1 + 180 + 800, call);

        var silence = await heard.Next(12);
        Assert.All(silence, p => Assert.Equal(OpusSilence, p.Payload));
        Assert.Equal([0], Enumerable.Range(0, 12).Where(i => silence[i].Header.Marker));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => 500 + (20 * i)).Concat([1080, 1480]),
            silence.Select(p => (int)(p.Header.Timestamp - last.Timestamp) / 48));
        await Pass(100, call);
        var resumed = TestAudio.Send(sender, stream: 2, count: 1);
        var next = await heard.Next();
        Assert.Equal(resumed[0], next.Payload);
        Assert.Equal(1580u * 48, next.Header.Timestamp - last.Timestamp);
        Assert.Equal((ushort)(last.SequenceNumber + 13), next.Header.SequenceNumber);
        Assert.True(next.Header.Marker);
    }

    [Fact]
    public async Task A_sender_that_is_held_or_does_not_fill_silence_sends_nothing()
    {
        var (call, sender, heard) = await Call();
        await Pass(2_000, call);
        Assert.Equal(0, heard.Count);
        sender.FillsSilence = true;
        call.Far.Peer.Transceivers[0].Direction = TransceiverDirection.SendOnly;
        await TestPeer.Exchange(call.Far, call.Near);
        var sent = (await call.Near.Peer.GetStats()).Audio[0].PacketsSent;

        await Pass(2_000, call);
        TestAudio.Send(sender, stream: 1, count: 5);

        Assert.Equal(sent, (await call.Near.Peer.GetStats()).Audio[0].PacketsSent);
    }

    private async Task<((TestPeer Near, TestPeer Far) Call, AudioSender Sender, TestTap Heard)> Call()
    {
        var (near, far) = (new TestPeer(_engine), new TestPeer(_far));
        var line = near.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(near, far);
        var heard = new TestTap();
        far.Peer.Transceivers[0].Receiver.Tap = heard;
        return ((near, far), line.Sender, heard);
    }

    /// <summary>Lets time pass in steps of the shards' timers, with a turn of the sending shard after each.</summary>
    private async Task Pass(int milliseconds, (TestPeer Near, TestPeer Far) call)
    {
        for (var left = milliseconds; left > 0;)
        {
            var step = left % 20 == 0 ? 20 : left % 20;
            _time.Advance(TimeSpan.FromMilliseconds(step));
            left -= step;
            for (var turn = 0; turn < 2; turn++)
                await call.Near.Peer.GetStats();
        }
    }
}
