using Xunit;

namespace GoTo.WebRtc.Sdp;

public sealed class BundleTests
{
    [Fact]
    public void The_transport_is_taken_from_the_audio_when_the_bundle_starts_with_video()
    {
        var text = SdpSamples.Text("chromium-audio-video-data");
        var audio = text.IndexOf("m=audio", StringComparison.Ordinal);
        var video = text.IndexOf("m=video", StringComparison.Ordinal);
        var data = text.IndexOf("m=application", StringComparison.Ordinal);
        var swapped = text[..audio].Replace("BUNDLE 0 1 2", "BUNDLE 1 0 2", StringComparison.Ordinal)
            + text[video..data].Replace("ice-ufrag:vcdX", "ice-ufrag:othr", StringComparison.Ordinal)
            + text[audio..video] + text[data..];

        var (answer, session) = SdpSamples.Answer(swapped);

        Assert.Equal("vcdX", session.RemoteIceUfrag);
        Assert.Equal([0, 9, 0], answer.Media.Select(section => section.Port));
        Assert.NotEmpty(answer.Media[1].Transport.Candidates);
    }

    [Fact]
    public void Several_audio_lines_of_a_bundle_are_accepted_each_with_a_line_of_its_own()
    {
        var (offer, _) = OfferAnswer.CreateOffer(
            SdpSamples.Local,
            [SdpSamples.Audio(TransceiverDirection.SendOnly), SdpSamples.Audio(TransceiverDirection.RecvOnly)]);
        var created = 0;

        var (answer, session) = OfferAnswer.CreateAnswer(
            SessionDescription.Parse(offer.ToString()), SdpSamples.Local, [SdpSamples.Audio(ssrc: 1)],
            () => SdpSamples.Audio(ssrc: (uint)(10 + created++)));

        Assert.Equal(1, created);
        Assert.Equal([1u, 10u], session.Media.Select(line => line.Local!.Ssrc));
        Assert.Equal(["0", "1"], session.Media.Select(line => line.Local!.Mid));
        Assert.Equal(
            [TransceiverDirection.RecvOnly, TransceiverDirection.SendOnly],
            answer.Media.Select(section => section.Direction));
        Assert.Equal(["0", "1"], Assert.Single(answer.BundleGroups));
        Assert.Empty(answer.Media[1].Transport.Candidates);
    }

    [Fact]
    public void Audio_outside_the_bundle_is_refused()
    {
        var (offer, _) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio(), SdpSamples.Audio()]);
        var text = offer.ToString().Replace("BUNDLE 0 1", "BUNDLE 0", StringComparison.Ordinal);

        var (answer, _) = SdpSamples.Answer(text);

        Assert.Equal([9, 0], answer.Media.Select(section => section.Port));
    }

    [Fact]
    public void Without_bundle_and_mid_the_first_audio_is_accepted()
    {
        var lines = SdpSamples.Text("chromium-audio").Split("\r\n")
            .Where(line => !line.StartsWith("a=group", StringComparison.Ordinal) && line != "a=mid:0");

        var (answer, session) = SdpSamples.Answer(string.Join("\r\n", lines));

        Assert.True(session.Media[0].Accepted);
        Assert.Equal("0", session.Media[0].Mid);
        Assert.Null(answer.Media[0].Mid);
        Assert.Empty(answer.BundleGroups);
    }
}
