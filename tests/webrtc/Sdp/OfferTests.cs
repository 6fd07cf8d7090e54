using Xunit;

namespace GoTo.WebRtc.Sdp;

public sealed class OfferTests
{
    [Fact]
    public void An_offer_has_a_section_a_line_in_one_bundle()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, LiveKitLines());

        Assert.Equal(
            [TransceiverDirection.SendOnly, TransceiverDirection.RecvOnly, TransceiverDirection.RecvOnly],
            offer.Media.Select(section => section.Direction));
        Assert.Equal(["0", "1", "2"], Assert.Single(offer.BundleGroups));
        Assert.Equal(["0", "1", "2"], audio.Select(line => line.Mid));
        Assert.All(offer.Media, section =>
        {
            Assert.Equal(["111", "0", "8", "110", "126"], section.Formats);
            Assert.Equal([new FormatParameters(111, "minptime=10;useinbandfec=1")], section.FormatParameters);
            Assert.Equal(SetupRole.ActPass, section.Transport.Setup);
            Assert.True(section.RtcpMux);
        });
        Assert.Equal([1, 0, 0], offer.Media.Select(section => section.Transport.Candidates.Count));
        Assert.Equal(new MediaStreamId("stream", "track"), offer.Media[0].Msid);
        Assert.Equal([new SsrcDescription(1, "localcname")], offer.Media[0].Ssrcs);
        Assert.Empty(offer.Media[1].Ssrcs);
    }

    [Fact]
    public void LiveKits_answer_is_taken()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, LiveKitLines());

        var session = OfferAnswer.AcceptAnswer(offer, audio, SdpSamples.Parse("livekit-answer"));

        Assert.Equal(SetupRole.Passive, session.LocalSetup);
        Assert.Equal("XkVbGtRnQpLsWdCf", session.RemoteIceUfrag);
        Assert.Equal(3, session.RemoteCandidates.Count);
        Assert.True(session.RemoteEndOfCandidates);
        Assert.Single(session.RemoteFingerprints);
        Assert.Equal(
            [TransceiverDirection.SendOnly, TransceiverDirection.RecvOnly, TransceiverDirection.Inactive],
            session.Media.Select(line => line.Direction));
        Assert.All(session.Media, line => Assert.True(line.Accepted));
        Assert.Equal(new PayloadFormat(111, AudioCodec.Opus), session.Media[0].Send);
        Assert.Equal(
            [new(111, AudioCodec.Opus), new(0, AudioCodec.Pcmu), new PayloadFormat(8, AudioCodec.Pcma)],
            session.Media[1].Receive);
        Assert.Equal("TR_AMx7n2LpQwErTy", session.Media[1].RemoteMsid!.Track);
        Assert.Equal([2749213056u], session.Media[1].RemoteSsrcs);
        Assert.Equal((4, 1), (session.Media[0].MidExtension, session.Media[0].AudioLevelExtension));
        Assert.Null(session.Media[1].MidExtension);
        Assert.Null(session.Media[0].SendTelephoneEvent);
    }

    [Fact]
    public void Our_offer_and_our_answer_fit_together()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio()]);
        var (answer, answerer) = SdpSamples.Answer(offer.ToString());

        var offerer = OfferAnswer.AcceptAnswer(offer, audio, SessionDescription.Parse(answer.ToString()));

        Assert.Equal((SetupRole.Passive, SetupRole.Active), (answerer.LocalSetup, offerer.LocalSetup));
        Assert.Equal(answerer.Media[0].Send, offerer.Media[0].Send);
        Assert.Equal(answerer.Media[0].SendTelephoneEvent, offerer.Media[0].SendTelephoneEvent);
        Assert.Equal(answerer.Media[0].MidExtension, offerer.Media[0].MidExtension);
        Assert.Equal("localufrag", offerer.RemoteIceUfrag);
        Assert.Equal([1000u], offerer.Media[0].RemoteSsrcs);
        Assert.True(offerer.RemoteEndOfCandidates);
    }

    [Fact]
    public void A_payload_type_that_the_answerer_renumbered_is_understood_beside_our_own()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio()]);
        var answer = SdpSamples.Answer(offer.ToString()).Answer.ToString()
            .Replace("SAVPF 111", "SAVPF 96", StringComparison.Ordinal)
            .Replace(":111 ", ":96 ", StringComparison.Ordinal);

        var line = OfferAnswer.AcceptAnswer(offer, audio, SessionDescription.Parse(answer)).Media[0];

        Assert.Equal(96, line.Send!.PayloadType);
        Assert.Equal([111, 96], line.Receive.Select(format => (int)format.PayloadType));
    }

    [Theory]
    [InlineData("m=audio 9", "m=video 9", SdpError.AnswerMismatch)]
    [InlineData("a=mid:0", "a=mid:1", SdpError.AnswerMismatch)]
    [InlineData("m=audio 9", "m=audio 0", SdpError.NoAudio)]
    [InlineData("a=rtcp-mux", "a=x", SdpError.RtcpMuxRequired)]
    [InlineData("SAVPF 111 110", "SAVPF 63", SdpError.NoCommonCodec)]
    [InlineData("a=setup:passive", "a=setup:actpass", SdpError.SetupConflict)]
    [InlineData("a=fingerprint", "a=x-fingerprint", SdpError.NoFingerprint)]
    public void An_answer_that_does_not_fit_is_refused(string written, string instead, SdpError error)
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio()]);
        var answer = SdpSamples.Answer(offer.ToString()).Answer.ToString()
            .Replace(written, instead, StringComparison.Ordinal);

        var exception = Assert.Throws<SdpException>(
            () => OfferAnswer.AcceptAnswer(offer, audio, SessionDescription.Parse(answer)));

        Assert.Equal(error, exception.Error);
    }

    [Fact]
    public void An_answer_with_fewer_sections_is_refused()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio(), SdpSamples.Audio()]);
        var (shorter, _) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio()]);

        var exception = Assert.Throws<SdpException>(() => OfferAnswer.AcceptAnswer(offer, audio, shorter));

        Assert.Equal(SdpError.AnswerMismatch, exception.Error);
    }

    [Fact]
    public void An_answer_that_leaves_the_bundle_is_refused()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, LiveKitLines());
        var answer = SdpSamples.Text("livekit-answer").Replace("BUNDLE 0 1 2", "BUNDLE 0 1", StringComparison.Ordinal);

        var exception = Assert.Throws<SdpException>(
            () => OfferAnswer.AcceptAnswer(offer, audio, SessionDescription.Parse(answer)));

        Assert.Equal(SdpError.BundleRequired, exception.Error);
    }

    internal static LocalAudio[] LiveKitLines() =>
    [
        SdpSamples.Audio(TransceiverDirection.SendOnly, 1),
        SdpSamples.Audio(TransceiverDirection.RecvOnly, 2),
        SdpSamples.Audio(TransceiverDirection.RecvOnly, 3),
    ];
}
