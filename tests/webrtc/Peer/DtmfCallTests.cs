using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>DTMF digits in calls.</summary>
public sealed class DtmfCallTests : IAsyncDisposable
{
    private readonly RtcEngine _bridge = TestEngine.Start();
    private readonly RtcEngine _phones = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _bridge.DisposeAsync();
        await _phones.DisposeAsync();
    }

    [Fact]
    public async Task Digits_are_heard_by_the_bridge_and_by_the_phone_they_are_passed_on_to()
    {
        var (from, fromBridge) = await Leg();
        var (to, toBridge) = await Leg();
        var heard = Tap(to);
        fromBridge.Peer.Transceivers[0].Receiver.Forward(toBridge.Peer.Transceivers[0].Sender);
        await fromBridge.Peer.GetStats();

        var sender = from.Peer.Transceivers[0].Sender;
        var sending = sender.SendDtmf("9#", gap: TimeSpan.FromMilliseconds(50)).AsTask();
        sender.Send(new byte[40], TestAudio.FrameSamples);
        await Task.WhenAll(sending, sender.SendDtmf("D").AsTask());

        Assert.Equal("9#D", await fromBridge.GetsDtmf(3));
        Assert.Equal("9#D", await to.GetsDtmf(3));
        // 7 packets a digit and one of audio, each digit under one timestamp, in one row of sequence numbers.
        var headers = (await heard.Next(22)).ConvertAll(p => p.Header);
        Assert.Equal(
            Enumerable.Range(headers[0].SequenceNumber, 22), headers.Select(h => (int)h.SequenceNumber));
        var digits = headers.Where(h => h.PayloadType != 111).ToList();
        Assert.Equal([7, 7, 7], digits.GroupBy(h => h.Timestamp).Select(digit => digit.Count()));
        Assert.Equal([0, 7, 14], Enumerable.Range(0, 21).Where(i => digits[i].Marker));
        Assert.Equal(0, (await toBridge.Peer.GetStats()).Dropped + (await fromBridge.Peer.GetStats()).Dropped);
    }

    [Fact]
    public async Task What_is_no_digit_or_cannot_be_sent_is_refused()
    {
        var (phone, _) = await Leg();
        var sender = phone.Peer.Transceivers[0].Sender;

        await Assert.ThrowsAsync<ArgumentException>(async () => await sender.SendDtmf(""));
        await Assert.ThrowsAsync<ArgumentException>(async () => await sender.SendDtmf("12x"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await sender.SendDtmf("1", duration: TimeSpan.FromSeconds(2)));
        var unconnected = new TestPeer(_phones).Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await unconnected.Sender.SendDtmf("1"));
    }

    [Fact]
    public async Task Digits_that_the_end_of_the_call_cuts_off_are_reported()
    {
        var (phone, bridge) = await Leg();
        var sending = phone.Peer.Transceivers[0].Sender.SendDtmf("1234567890").AsTask();
        await bridge.GetsDtmf(1);

        await phone.Peer.Close();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => sending);
        Assert.Contains("ended before", error.Message, StringComparison.Ordinal);
    }

    private static TestTap Tap(TestPeer peer)
    {
        var tap = new TestTap();
        peer.Peer.Transceivers[0].Receiver.Tap = tap;
        return tap;
    }

    private async Task<(TestPeer Phone, TestPeer Bridge)> Leg()
    {
        var phone = new TestPeer(_phones);
        var bridge = new TestPeer(_bridge);
        phone.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(phone, bridge);
        return (phone, bridge);
    }
}
