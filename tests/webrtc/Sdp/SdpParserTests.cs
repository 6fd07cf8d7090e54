using Xunit;

namespace GoTo.WebRtc.Sdp;

public sealed class SdpParserTests
{
    private const string Fingerprint =
        "4A:4A:18:0A:C5:88:1F:62:5A:77:F5:FC:CE:99:90:BE:90:21:40:97:50:38:19:42:BC:A3:15:6C:28:10:13:A2";

    private static readonly string[] Lines =
    [
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", "a=ice-pwd:efghijklmnopqrstuvwxyz",
        $"a=fingerprint:sha-256 {Fingerprint}", "a=setup:actpass", "a=mid:0", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2",
    ];

    [Theory]
    [InlineData(1, "v=1")]
    [InlineData(1, "o=- 1 2 IN IP4 127.0.0.1")]
    [InlineData(1, "hello")]
    [InlineData(2, "o=- 1 2 IN IP4")]
    [InlineData(2, "o=- one 2 IN IP4 127.0.0.1")]
    [InlineData(2, "o=- 1 99999999999999999999999 IN IP4 127.0.0.1")]
    [InlineData(2, "o=- 1 2 ATM IP4 127.0.0.1")]
    [InlineData(2, "v=0")]
    [InlineData(3, "t=0 0")]
    [InlineData(3, "m=audio 9 UDP/TLS/RTP/SAVPF 111")]
    [InlineData(4, "t=0")]
    [InlineData(4, "t=now 0")]
    [InlineData(4, "")]
    [InlineData(4, "=")]
    [InlineData(4, "T=0 0")]
    [InlineData(4, "x=0 0")]
    [InlineData(4, "a=")]
    [InlineData(4, "a=:value")]
    [InlineData(4, "s=-")]
    [InlineData(4, "i=bell\a")]
    [InlineData(6, "m=audio")]
    [InlineData(6, "m=audio 9")]
    [InlineData(6, "m=audio 9 UDP/TLS/RTP/SAVPF")]
    [InlineData(6, "m=audio 70000 UDP/TLS/RTP/SAVPF 111")]
    [InlineData(6, "m=audio -1 UDP/TLS/RTP/SAVPF 111")]
    [InlineData(6, "m=audio 9 UDP/TLS/RTP/SAVPF 128")]
    [InlineData(6, "m=audio 9 UDP/TLS/RTP/SAVPF opus")]
    [InlineData(6, "m=audio 9 UDP/TLS/RTP/\tSAVPF 111")]
    [InlineData(6, "m=audio 9 UDP//SAVPF 111")]
    [InlineData(6, "m=video 9 UDP/TLS/RTP/SAVPF 9\t6")]
    [InlineData(7, "c=IN IP5 0.0.0.0")]
    [InlineData(7, "c=IN IP4")]
    [InlineData(7, "t=0 0")]
    [InlineData(8, "a=ice-ufrag:abc")]
    [InlineData(8, "a=ice-ufrag:ab cd")]
    [InlineData(9, "a=ice-pwd:tooshort")]
    [InlineData(9, "a=ice-pwd:efghijklmnopqrstuvwxy!")]
    [InlineData(10, "a=fingerprint:sha-256")]
    [InlineData(10, "a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:...")]
    [InlineData(10, "a=fingerprint:sha-256 AA:BB")]
    [InlineData(10, "a=fingerprint:sha-256 " + Fingerprint + " more")]
    [InlineData(10, "a=fingerprint:sha-1 " + Fingerprint)]
    [InlineData(11, "a=setup:holdconn")]
    [InlineData(12, "a=mid:")]
    [InlineData(12, "a=mid:two words")]
    [InlineData(14, "a=mid:again")]
    [InlineData(14, "a=rtpmap:128 opus/48000/2")]
    [InlineData(14, "a=rtpmap:111")]
    [InlineData(14, "a=rtpmap:111 opus")]
    [InlineData(14, "a=rtpmap:111 opus/0")]
    [InlineData(14, "a=rtpmap:111 opus/48000/two")]
    [InlineData(14, "a=fmtp:x minptime=10")]
    [InlineData(14, "a=extmap:0 urn:x")]
    [InlineData(14, "a=extmap:300 urn:x")]
    [InlineData(14, "a=extmap:1/sideways urn:x")]
    [InlineData(14, "a=extmap:1")]
    [InlineData(14, "a=msid:")]
    [InlineData(14, "a=ssrc:4294967296 cname:x")]
    [InlineData(14, "a=ssrc:1")]
    public void A_malformed_line_is_refused_by_its_number(int line, string text)
    {
        var lines = Lines.ToArray();
        lines[line - 1] = text;

        var exception = Assert.Throws<SdpException>(
            () => SessionDescription.Parse(string.Join("\r\n", lines) + "\r\n"));

        Assert.Equal((SdpError.Malformed, line), (exception.Error, exception.Line));
        Assert.StartsWith($"SDP line {line}: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Both_line_ends_are_read_and_the_last_may_be_missing(string end)
    {
        var description = SessionDescription.Parse(string.Join(end, Lines));

        var media = Assert.Single(description.Media);
        Assert.Equal(("audio", 9, "0", true), (media.Kind, media.Port, media.Mid, media.RtcpMux));
        Assert.Equal([new RtpMap(111, "opus", 48000, 2)], media.RtpMaps);
        Assert.Equal("abcd", media.Transport.IceUfrag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("v=0\r\n")]
    [InlineData("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n")]
    public void A_description_without_its_head_is_refused(string text)
    {
        var exception = Assert.Throws<SdpException>(() => SessionDescription.Parse(text));

        Assert.Equal(SdpError.Malformed, exception.Error);
    }

    [Fact]
    public void Two_sections_with_one_mid_are_refused_at_the_second()
    {
        var text = string.Join("\r\n", Lines.Concat(["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:0"]));

        var exception = Assert.Throws<SdpException>(() => SessionDescription.Parse(text));

        Assert.Equal((SdpError.Malformed, 15), (exception.Error, exception.Line));
    }

    [Fact]
    public void The_limits_hold()
    {
        var head = string.Join("\r\n", Lines) + "\r\n";
        Assert.Equal(SdpError.TooLarge, Refusal(head.PadRight(SdpParser.MaxLength + 1, 'x')));
        Assert.Equal(SdpError.TooLarge, Refusal(head + Repeat("a=x\r\n", SdpParser.MaxLinesPerSection)));
        Assert.Equal(SdpError.TooLarge, Refusal(head + Repeat("m=video 0 RTP/AVP 96\r\n", SdpParser.MaxSections)));
        SessionDescription.Parse(head + Repeat("m=video 0 RTP/AVP 96\r\n", SdpParser.MaxSections - 1));

        static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        static SdpError Refusal(string text)
            => Assert.Throws<SdpException>(() => SessionDescription.Parse(text)).Error;
    }

    [Fact]
    public void An_exception_does_not_repeat_the_password()
    {
        var lines = Lines.ToArray();
        lines[8] = "a=ice-pwd:secret-and-broken-password";

        var exception = Assert.Throws<SdpException>(() => SessionDescription.Parse(string.Join("\r\n", lines)));

        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        var (offer, _) = OfferAnswer.CreateOffer(
            SdpSamples.Local, [SdpSamples.Audio(), SdpSamples.Audio(TransceiverDirection.RecvOnly)]);

        var text = offer.ToString();

        Assert.Equal(text, SessionDescription.Parse(text).ToString());
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_would_break_out_of_its_line_is_not_written()
    {
        var audio = SdpSamples.Audio() with { TrackId = "track\r\na=inactive" };
        var (offer, _) = OfferAnswer.CreateOffer(SdpSamples.Local, [audio]);

        Assert.Throws<ArgumentException>(() => offer.ToString());
    }

    [Fact]
    public void A_hundred_thousand_mutations_raise_nothing_but_SdpException()
    {
        var random = new Random(8866);
        string[] seeds = ["chromium-audio", "aiortc-audio", "firefox-audio", "goto-specification", "livekit-answer"];
        var texts = seeds.Select(SdpSamples.Text).ToArray();
        var audio = Enumerable.Range(0, 3).Select(i => SdpSamples.Audio(ssrc: (uint)i)).ToArray();
        var (offer, offered) = OfferAnswer.CreateOffer(SdpSamples.Local, audio);
        var accepted = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var text = Mutate(texts[round % texts.Length], random);
            try
            {
                var description = SessionDescription.Parse(text);
                if (round % texts.Length == texts.Length - 1)
                    OfferAnswer.AcceptAnswer(offer, offered, description);
                else
                    OfferAnswer.CreateAnswer(description, SdpSamples.Local, audio, () => audio[0]).Answer.ToString();
                accepted++;
            }
            catch (SdpException exception)
            {
                Assert.NotEmpty(exception.Rule);
            }
        }

        Assert.InRange(accepted, 10_000, 90_000);
    }

    private static string Mutate(string text, Random random)
    {
        var chars = text.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(chars.Count);
            switch (random.Next(6))
            {
                case 0:
                    chars[at] = (char)random.Next(32, 127);
                    break;
                case 1:
                    chars.RemoveAt(at);
                    break;
                case 2:
                    chars.Insert(at, (char)random.Next(0, 256));
                    break;
                case 3:
                    chars.RemoveRange(at, random.Next(Math.Min(40, chars.Count - at)));
                    break;
                case 4:
                    chars.InsertRange(at, chars.GetRange(at, random.Next(Math.Min(200, chars.Count - at))));
                    break;
                default:
                    SwapLines(chars, random);
                    break;
            }
        }
        return string.Concat(chars);
    }

    private static void SwapLines(List<char> chars, Random random)
    {
        var lines = string.Concat(chars).Split("\r\n");
        var (one, other) = (random.Next(lines.Length), random.Next(lines.Length));
        (lines[one], lines[other]) = (lines[other], lines[one]);
        chars.Clear();
        chars.AddRange(string.Join("\r\n", lines));
    }
}
