using Xunit;

namespace GoTo.WebRtc.Sdp;

public sealed class ReofferTests
{
    [Fact]
    public void A_re_offer_adds_lines_behind_the_old_ones()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, OfferTests.LiveKitLines());
        var session = OfferAnswer.AcceptAnswer(offer, audio, SdpSamples.Parse("livekit-answer"));

        var (again, lines) = OfferAnswer.CreateOffer(
            SdpSamples.Local with { SessionVersion = 2 },
            [.. audio, SdpSamples.Audio(TransceiverDirection.RecvOnly, 4)], session);

        Assert.Equal(["0", "1", "2", "3"], again.Media.Select(section => section.Mid));
        Assert.Equal(["0", "1", "2", "3"], lines.Select(line => line.Mid));
        Assert.All(again.Media, section => Assert.Equal(SetupRole.ActPass, section.Transport.Setup));
        Assert.Equal(["111", "0", "8", "110", "126"], again.Media[3].Formats);
        Assert.Equal(2ul, again.SessionVersion);
    }

    [Fact]
    public void An_answer_to_the_re_offer_keeps_the_transport()
    {
        var (first, second, audio) = Reoffered();
        var answer = ExtendedLiveKitAnswer();

        var session = OfferAnswer.AcceptAnswer(second, audio, answer, first);

        Assert.Equal(4, session.Media.Count);
        Assert.Equal(TransceiverDirection.RecvOnly, session.Media[3].Direction);
        Assert.Equal(first.LocalSetup, session.LocalSetup);
        Assert.False(session.RemoteIceRestart);
    }

    [Fact]
    public void An_answer_that_turns_the_DTLS_roles_is_refused()
    {
        var (first, second, audio) = Reoffered();
        var answer = SessionDescription.Parse(
            ExtendedLiveKitAnswerText().Replace("a=setup:active", "a=setup:passive", StringComparison.Ordinal));

        var exception = Assert.Throws<SdpException>(() => OfferAnswer.AcceptAnswer(second, audio, answer, first));

        Assert.Equal(SdpError.SetupConflict, exception.Error);
    }

    [Fact]
    public void New_remote_credentials_are_told_as_an_ICE_restart()
    {
        var (first, second, audio) = Reoffered();
        var answer = SessionDescription.Parse(
            ExtendedLiveKitAnswerText().Replace("XkVbGtRnQpLsWdCf", "AnotherUfragHere", StringComparison.Ordinal));

        Assert.True(OfferAnswer.AcceptAnswer(second, audio, answer, first).RemoteIceRestart);
    }

    [Fact]
    public void A_remote_re_offer_keeps_our_role_and_our_lines()
    {
        var (offer, _) = OfferAnswer.CreateOffer(SdpSamples.Local, OfferTests.LiveKitLines());
        var (answer, session) = Answer(offer, [], null, 10);
        var remote = OfferAnswer.AcceptAnswer(offer, Named(OfferTests.LiveKitLines()), answer);
        var (again, _) = OfferAnswer.CreateOffer(
            SdpSamples.Local,
            [.. Named(OfferTests.LiveKitLines()), SdpSamples.Audio(TransceiverDirection.RecvOnly, 4)], remote);

        var own = session.Media.Select(line => line.Local!).ToList();
        var (_, extended) = Answer(again, own, session, 20);

        Assert.Equal([10u, 11u, 12u, 20u], extended.Media.Select(line => line.Local!.Ssrc));
        Assert.Equal(session.LocalSetup, extended.LocalSetup);
        Assert.False(extended.RemoteIceRestart);
    }

    [Fact]
    public void A_hold_and_its_end_are_re_offers()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio()]);
        var (answer, callee) = Answer(offer, [SdpSamples.Audio(ssrc: 5)], null, 10);
        var caller = OfferAnswer.AcceptAnswer(offer, audio, answer);

        var (hold, held) = OfferAnswer.CreateOffer(
            SdpSamples.Local, [audio[0] with { Direction = TransceiverDirection.SendOnly }], caller);
        var (holdAnswer, calleeHeld) = Answer(hold, [callee.Media[0].Local!], callee, 10);
        var callerHeld = OfferAnswer.AcceptAnswer(hold, held, holdAnswer, caller);
        var (resume, resumed) = OfferAnswer.CreateOffer(SdpSamples.Local, audio, callerHeld);
        var (resumeAnswer, calleeBack) = Answer(resume, [calleeHeld.Media[0].Local!], calleeHeld, 10);
        var callerBack = OfferAnswer.AcceptAnswer(resume, resumed, resumeAnswer, callerHeld);

        Assert.Equal(TransceiverDirection.RecvOnly, calleeHeld.Media[0].Direction);
        Assert.Equal(TransceiverDirection.SendOnly, callerHeld.Media[0].Direction);
        Assert.Equal(TransceiverDirection.SendRecv, calleeBack.Media[0].Direction);
        Assert.Equal(TransceiverDirection.SendRecv, callerBack.Media[0].Direction);
    }

    [Fact]
    public void Our_re_offer_after_an_answer_keeps_refused_sections_and_the_remotes_numbers()
    {
        var text = SdpSamples.Text("chromium-audio-video-data")
            .Replace("SAVPF 111 63", "SAVPF 109 63", StringComparison.Ordinal)
            .Replace(":111 ", ":109 ", StringComparison.Ordinal)
            .Replace("rtpmap:110 telephone-event/48000", "rtpmap:110 G729/8000", StringComparison.Ordinal);
        var (_, session) = SdpSamples.Answer(text);

        var (offer, _) = OfferAnswer.CreateOffer(SdpSamples.Local, [session.Media[0].Local!], session);

        Assert.Equal(
            [("audio", 9, "0"), ("video", 0, "1"), ("application", 0, "2")],
            offer.Media.Select(section => (section.Kind, section.Port, section.Mid!)));
        Assert.Equal(["109", "0", "8", "110", "126"], offer.Media[0].Formats);
        Assert.Equal([1, 4], offer.Media[0].ExtMaps.Select(map => map.Id));
        Assert.Equal(["0"], Assert.Single(offer.BundleGroups));
    }

    [Fact]
    public void A_re_offer_that_drops_a_section_is_refused()
    {
        var (offer, _) = OfferAnswer.CreateOffer(SdpSamples.Local, OfferTests.LiveKitLines());
        var (_, session) = Answer(offer, [], null, 10);
        var (shorter, _) = OfferAnswer.CreateOffer(SdpSamples.Local, [SdpSamples.Audio()]);

        var exception = Assert.Throws<SdpException>(() => Answer(shorter, [], session, 20));

        Assert.Equal(SdpError.OfferMismatch, exception.Error);
    }

    private static (SessionDescription Answer, NegotiatedSession Session) Answer(
        SessionDescription offer, IReadOnlyList<LocalAudio> audio, NegotiatedSession? previous, uint firstSsrc)
        => OfferAnswer.CreateAnswer(
            SessionDescription.Parse(offer.ToString()), SdpSamples.Local, audio,
            () => SdpSamples.Audio(ssrc: firstSsrc++), previous);

    private static LocalAudio[] Named(IEnumerable<LocalAudio> lines)
        => lines.Select((line, index) => line with { Mid = $"{index}" }).ToArray();

    private static (NegotiatedSession First, SessionDescription Second, IReadOnlyList<LocalAudio> Audio) Reoffered()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(SdpSamples.Local, OfferTests.LiveKitLines());
        var session = OfferAnswer.AcceptAnswer(offer, audio, SdpSamples.Parse("livekit-answer"));
        var (again, lines) = OfferAnswer.CreateOffer(
            SdpSamples.Local, [.. audio, SdpSamples.Audio(TransceiverDirection.RecvOnly, 4)], session);
        return (session, again, lines);
    }

    private static SessionDescription ExtendedLiveKitAnswer() => SessionDescription.Parse(ExtendedLiveKitAnswerText());

    private static string ExtendedLiveKitAnswerText()
    {
        var text = SdpSamples.Text("livekit-answer")
            .Replace("BUNDLE 0 1 2", "BUNDLE 0 1 2 3", StringComparison.Ordinal);
        var last = text[text.LastIndexOf("m=audio", StringComparison.Ordinal)..];
        return text + last.Replace("a=mid:2", "a=mid:3", StringComparison.Ordinal)
            .Replace("a=inactive", "a=sendonly", StringComparison.Ordinal);
    }
}
