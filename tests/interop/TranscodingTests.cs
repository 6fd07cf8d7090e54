using System.Net;
using GoTo.Tones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>
/// A far end of another stack that has only G.711, bridged to a phone of only Opus: each hears the other's tone.
/// </summary>
public sealed class TranscodingTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("PCMU")]
    [InlineData("PCMA")]
    public async Task Aiortc_with_only_G711_and_a_phone_with_only_Opus_hear_each_other(string name)
    {
        var codec = name == "PCMU" ? AudioCodec.Pcmu : AudioCodec.Pcma;
        await using var bridge = await Engine();
        await using var phones = await Engine();
        await using var theirs = PythonPeer.Aiortc();
        await theirs.SpeakOnly(codec);
        using var ears = new ToneDetector(440, 700);

        var leg = bridge.CreatePeer(new PeerOptions { Name = "leg" }, new NoEvents());
        await theirs.Accept(await leg.AcceptOffer(await theirs.Offer()));
        var room = bridge.CreatePeer(new PeerOptions { Name = "room" }, new NoEvents());
        var phone = phones.CreatePeer(
            new PeerOptions { Name = "phone", Codecs = [AudioCodec.Opus] }, new NoEvents());
        var line = phone.AddTransceiver(TransceiverDirection.SendRecv);
        await phone.AcceptAnswer(await room.AcceptOffer(await phone.CreateOffer()));
        line.Receiver.Tap = ears;
        Assert.Equal(codec, leg.Transceivers[0].Codec);
        Assert.Equal(AudioCodec.Opus, room.Transceivers[0].Codec);
        leg.Transceivers[0].Receiver.Forward(room.Transceivers[0].Sender);
        room.Transceivers[0].Receiver.Forward(leg.Transceivers[0].Sender);
        _ = line.Sender.Play(Announcement.Of(ToneGenerator.Packets(700, TimeSpan.FromSeconds(1))), loop: true);

        await ears.WaitFor(Deadline, 440);
        Assert.Equal(700, await theirs.Hears(700), 4.0);
        Assert.Equal(0, (await leg.GetStats()).Dropped);
        (await theirs.ReportAfter(50)).AssertFlawless(50);
    }

    private static async Task<RtcEngine> Engine()
    {
        var engine = new RtcEngine(
            new RtcOptions { BindAddress = IPAddress.Loopback }, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.Ready;
        return engine;
    }

    private sealed class NoEvents : IRtcPeerEvents
    {
        public void OnStateChanged(PeerState state, PeerReason? reason)
        {
        }

        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }
    }
}
