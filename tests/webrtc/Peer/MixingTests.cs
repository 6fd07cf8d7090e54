using GoTo.Tones;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Legs that share no codec, and several speakers into one leg: who hears whom.</summary>
public sealed class MixingTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly double[] Pitches = [440, 700, 1000];

    private readonly RtcEngine _bridge = TestEngine.Start();
    private readonly RtcEngine _phones = TestEngine.Start();
    private readonly List<Phone> _called = [];

    public async ValueTask DisposeAsync()
    {
        await _bridge.DisposeAsync();
        await _phones.DisposeAsync();
        _called.ForEach(phone => phone.Ears.Dispose());
    }

    [Theory]
    [InlineData("PCMU", "opus")]
    [InlineData("PCMA", "PCMU")]
    public async Task Two_phones_without_a_common_codec_hear_each_other(string first, string second)
    {
        var (a, b) = (await Call(first), await Call(second));
        b.Leg.Receiver.Forward(a.Leg.Sender);
        a.Leg.Receiver.Forward(b.Leg.Sender);
        Assert.Equal((first, second), (a.Leg.Codec!.Name, b.Leg.Codec!.Name));

        b.Leg.Sender.FillsSilence = true;

        a.Says(440);
        b.Says(700);

        await b.Ears.WaitFor(Deadline, 440);
        await a.Ears.WaitFor(Deadline, 700);
        await Until(() => b.Ears.Level(440) is > -15 and < -10);
        Assert.True(_bridge.GetStats().PacketsMixed > 0);
        a.IsQuiet();
        await b.Ears.WaitFor(Deadline);
    }

    [Fact]
    public async Task Digits_pass_between_legs_that_are_transcoded()
    {
        var (a, b) = (await Call("PCMU"), await Call("opus"));
        b.Leg.Receiver.Forward(a.Leg.Sender);
        a.Leg.Receiver.Forward(b.Leg.Sender);
        a.Says(440);
        b.Says(700);

        await a.Line.Sender.SendDtmf("19#");
        await b.Line.Sender.SendDtmf("4*7");

        Assert.Equal("19#", await b.Far.GetsDtmf(3));
        Assert.Equal("4*7", await a.Far.GetsDtmf(3));
        await b.Ears.WaitFor(Deadline, 440);
    }

    [Fact]
    public async Task Speakers_are_heard_together_and_one_alone_bit_for_bit()
    {
        var (first, second, listener) = (await Call("opus"), await Call("opus"), await Call("opus"));
        listener.Leg.Sender.Sources = [first.Leg.Receiver, second.Leg.Receiver];

        var said = first.Says(440);
        await listener.Ears.WaitFor(Deadline, 440);
        Assert.All(listener.Heard, packet => Assert.Contains(packet.Payload, said));
        Assert.Equal(0, _bridge.GetStats().PacketsMixed);
        second.Says(700);
        await listener.Ears.WaitFor(Deadline, 440, 700);
        second.IsQuiet();
        await listener.Ears.WaitFor(Deadline, 440);
        await Until(() => listener.Heard is { Count: > 10 } last
            && last[^10..].TrueForAll(packet => said.Exists(payload => payload.AsSpan().SequenceEqual(packet.Payload))));
        var alone = listener.Heard.Count;
        await Until(() => listener.Heard.Count > alone + 10);

        Assert.True(_bridge.GetStats().PacketsMixed > 0);
        var heard = listener.Heard;
        Assert.All(heard[^10..], packet => Assert.Contains(packet.Payload, said));
        // From one way to the other and back nothing is missed, and nothing goes backwards.
        Assert.All(heard.Zip(heard.Skip(1)), pair =>
        {
            Assert.Equal((ushort)(pair.First.Header.SequenceNumber + 1), pair.Second.Header.SequenceNumber);
            Assert.True((int)(pair.Second.Header.Timestamp - pair.First.Header.Timestamp) > 0);
        });
        Assert.Single(listener.Ears.Heard, tone => tone.Hertz == 440);
    }

    [Fact]
    public async Task An_open_microphone_in_a_quiet_room_leaves_who_speaks_bit_for_bit()
    {
        var (first, second, listener) = (await Call("opus"), await Call("opus"), await Call("opus"));
        listener.Leg.Sender.Sources = [first.Leg.Receiver, second.Leg.Receiver];

        second.Murmurs();
        var said = first.Says(440);

        await listener.Ears.WaitFor(Deadline, 440);
        await Until(() => listener.Heard is { Count: > 10 } heard
            && heard[^10..].TrueForAll(packet => said.Exists(payload => payload.AsSpan().SequenceEqual(packet.Payload))));
        second.Says(700);
        await listener.Ears.WaitFor(Deadline, 440, 700);
    }

    [Fact]
    public async Task Three_phones_of_three_codecs_hear_each_other_and_never_themselves()
    {
        Phone[] phones = [await Call("opus"), await Call("PCMU"), await Call("PCMA")];
        foreach (var phone in phones)
            phone.Leg.Sender.Sources = [.. phones.Where(other => other != phone).Select(other => other.Leg.Receiver)];
        for (var i = 0; i < 3; i++)
            phones[i].Says(Pitches[i]);

        for (var i = 0; i < 3; i++)
            await phones[i].Ears.WaitFor(Deadline, [.. Pitches.Where(pitch => pitch != Pitches[i])]);
        phones[0].Leg.Sender.Sources = [phones[1].Leg.Receiver];
        await phones[0].Ears.WaitFor(Deadline, 700);
        phones[0].Leg.Sender.FillsSilence = true;
        phones[0].Leg.Sender.Sources = [];
        await phones[0].Ears.WaitFor(Deadline);
    }

    [Fact]
    public async Task An_announcement_is_heard_by_a_phone_of_another_codec()
    {
        var phone = await Call("PCMU");
        var end = phone.Leg.Sender.Play(Announcement.Of(ToneGenerator.Packets(1000, TimeSpan.FromSeconds(1))));
        await phone.Ears.WaitFor(Deadline, 1000);
        Assert.Equal(AnnouncementEnd.Played, await end);
    }

    [Fact]
    public async Task A_phone_of_only_G711_is_answered_with_it_and_one_of_nothing_known_is_refused()
    {
        var phone = await Call("PCMA");
        Assert.Equal(AudioCodec.Pcma, phone.Leg.Codec);
        var (far, near) = (
            new TestPeer(_phones, new PeerOptions { Name = "phone", Codecs = [AudioCodec.Pcmu] }),
            new TestPeer(_bridge, new PeerOptions { Name = "leg", Codecs = [AudioCodec.Opus] }));
        far.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var offer = await far.Peer.CreateOffer();
        var error = await Assert.ThrowsAsync<SdpException>(async () => await near.Peer.AcceptOffer(offer));
        Assert.Equal(SdpError.NoCommonCodec, error.Error);
        Assert.Contains("opus", error.Message, StringComparison.Ordinal);
    }

    private async Task<Phone> Call(string codec)
    {
        var codecs = new[] { AudioCodec.Opus, AudioCodec.Pcmu, AudioCodec.Pcma }.Where(c => c.Name == codec).ToArray();
        var far = new TestPeer(_phones, new PeerOptions { Name = "phone", Codecs = codecs });
        var near = new TestPeer(_bridge, new PeerOptions { Name = "leg" });
        var line = far.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(far, near);
        var phone = new Phone(far, line, near.Peer.Transceivers[0], new ToneDetector(Pitches) { Codec = codecs[0] });
        line.Receiver.Tap = phone;
        _called.Add(phone);
        return phone;
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    /// <summary>A phone with the leg to it; it hears what its line receives.</summary>
    private sealed class Phone(TestPeer far, AudioTransceiver line, AudioTransceiver leg, ToneDetector ears) : IRtpTap
    {
        private readonly List<TappedPacket> _heard = [];

        public TestPeer Far => far;

        public AudioTransceiver Line => line;

        public AudioTransceiver Leg => leg;

        public ToneDetector Ears => ears;

        public List<TappedPacket> Heard
        {
            get
            {
                lock (_heard)
                    return [.. _heard];
            }
        }

        /// <summary>Says its tone until it is quiet; gives the payloads of it.</summary>
        public List<byte[]> Says(double hertz)
        {
            var tone = ToneGenerator.Packets(hertz, TimeSpan.FromSeconds(1));
            _ = line.Sender.Play(Announcement.Of(tone), loop: true);
            return [.. tone.Select(packet => packet.Payload.ToArray())];
        }

        /// <summary>Sends noise of 80 dB below full scale: packets as long as those of speech, and nothing to hear.</summary>
        public void Murmurs()
        {
            var chance = new Random(1);
            using var encoder = new OpusEncoder();
            var packets = new List<OpusPacket>();
            var samples = new short[OpusEncoder.FrameSamples];
            var payload = new byte[OpusEncoder.MaxPayload];
            for (var i = 0; i < 50; i++)
            {
                foreach (ref var sample in samples.AsSpan())
                    sample = (short)chance.Next(-5, 6);
                packets.Add(new OpusPacket(payload.AsSpan(0, encoder.Encode(samples, payload)).ToArray(), samples.Length));
            }

            Assert.All(packets, packet => Assert.True(packet.Payload.Length > 8));
            _ = line.Sender.Play(Announcement.Of(packets), loop: true);
        }

        public void IsQuiet() => line.Sender.StopPlaying();

        public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
        {
            lock (_heard)
                _heard.Add(new TappedPacket(header, payload.ToArray()));
            // What it presses is heard by the other side, as digits.
            if (payload.Length > 4)
                ears.Hear(payload);
            else
                ears.Hear(new short[OpusEncoder.FrameSamples]);
        }
    }
}
