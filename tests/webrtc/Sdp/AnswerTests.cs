using Xunit;

namespace GoTo.WebRtc.Sdp;

public sealed class AnswerTests
{
    [Fact]
    public void Chromium_audio_is_answered_with_opus_under_its_own_numbers()
    {
        var (answer, session) = SdpSamples.Answer(SdpSamples.Text("chromium-audio"));

        Assert.Equal(
            """
            v=0
            o=- 4611686018427387903 1 IN IP4 0.0.0.0
            s=-
            t=0 0
            a=group:BUNDLE 0
            a=ice-options:trickle
            a=extmap-allow-mixed
            m=audio 9 UDP/TLS/RTP/SAVPF 111 110
            c=IN IP4 0.0.0.0
            a=mid:0
            a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host
            a=end-of-candidates
            a=ice-ufrag:localufrag
            a=ice-pwd:localpasswordlocalpassword
            a=fingerprint:sha-256 (fingerprint)
            a=setup:passive
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            a=sendrecv
            a=msid:stream track
            a=rtcp-mux
            a=rtcp-rsize
            a=rtpmap:111 opus/48000/2
            a=rtpmap:110 telephone-event/48000
            a=fmtp:111 minptime=10;useinbandfec=1
            a=ssrc:1000 cname:localcname

            """.ReplaceLineEndings("\r\n"),
            answer.ToString().Replace(SdpSamples.Local.Fingerprint.Value, "(fingerprint)", StringComparison.Ordinal));
        Assert.Equal("byOj", session.RemoteIceUfrag);
        Assert.Equal("pZn5iB9rnzK69oC2OBDMbHe2", session.RemoteIcePassword);
        Assert.Equal("sha-256", Assert.Single(session.RemoteFingerprints).Algorithm);
        Assert.Equal(SetupRole.Passive, session.LocalSetup);
        Assert.False(session.RemoteIceLite);
        var line = Assert.Single(session.Media);
        Assert.True(line.Accepted);
        Assert.Equal(new PayloadFormat(111, AudioCodec.Opus), line.Send);
        Assert.Equal([new PayloadFormat(111, AudioCodec.Opus)], line.Receive);
        Assert.Equal((byte)110, line.SendTelephoneEvent);
        Assert.Equal([new RtpMap(110, "telephone-event", 48000)], line.ReceiveTelephoneEvents);
        Assert.Equal((4, 1), (line.MidExtension, line.AudioLevelExtension));
        Assert.Equal([4168675762u], line.RemoteSsrcs);
        Assert.Equal(
            new MediaStreamId("ce73c42c-a7d5-4b24-b7b2-8df9e53f9013", "8e384557-285c-4e0d-a1c5-1c0622544fa3"),
            line.RemoteMsid);
        Assert.Equal(("0", 1000u), (line.Local!.Mid, line.Local.Ssrc));
    }

    [Fact]
    public void Video_and_data_are_refused_in_their_places()
    {
        var (answer, session) = SdpSamples.Answer(SdpSamples.Text("chromium-audio-video-data"));

        Assert.Equal(
            [("audio", 9, "0"), ("video", 0, "1"), ("application", 0, "2")],
            answer.Media.Select(section => (section.Kind, section.Port, section.Mid!)));
        Assert.Equal(["webrtc-datachannel"], answer.Media[2].Formats);
        Assert.Equal(["0"], Assert.Single(answer.BundleGroups));
        Assert.Equal([true, false, false], session.Media.Select(line => line.Accepted));
        Assert.Equal([0, 1, 2], session.Media.Select(line => line.Index));
    }

    [Fact]
    public void Aiortc_is_answered_with_its_payload_type_96()
    {
        var (answer, session) = SdpSamples.Answer(SdpSamples.Text("aiortc-audio"));

        Assert.Equal(["96"], Assert.Single(answer.Media).Formats);
        Assert.Equal(2, session.RemoteCandidates.Count);
        Assert.Equal(
            "candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 49662 typ host",
            session.RemoteCandidates[0]);
        Assert.True(session.RemoteEndOfCandidates);
        Assert.Equal((1, 2), (session.Media[0].MidExtension, session.Media[0].AudioLevelExtension));
        Assert.Equal(TransceiverDirection.SendRecv, session.Media[0].Direction);
        Assert.Null(session.Media[0].SendTelephoneEvent);
    }

    [Fact]
    public void Firefox_puts_its_fingerprint_at_session_level_and_offers_payload_type_109()
    {
        var (answer, session) = SdpSamples.Answer(SdpSamples.Text("firefox-audio"));

        Assert.Equal(["109"], Assert.Single(answer.Media).Formats);
        Assert.Single(session.RemoteFingerprints);
        Assert.Equal(4, session.RemoteCandidates.Count);
        Assert.Equal("9a8b7c6d", session.RemoteIceUfrag);
        Assert.False(session.Media[0].RtcpReducedSize);
        // csrc-audio-level is not echoed.
        Assert.Equal([1, 3], answer.Media[0].ExtMaps.Select(map => map.Id));
    }

    [Fact]
    public void The_offer_of_GoTos_specification_is_answered_despite_its_unmapped_payload_types()
    {
        var (answer, session) = SdpSamples.Answer(SdpSamples.Text("goto-specification"));

        var section = Assert.Single(answer.Media);
        Assert.Equal("audio", section.Mid);
        Assert.Equal(["111"], section.Formats);
        Assert.Equal(TransceiverDirection.SendRecv, section.Direction);
        Assert.Equal(["audio"], Assert.Single(answer.BundleGroups));
        Assert.Equal("abcd", session.RemoteIceUfrag);
        Assert.Empty(session.RemoteCandidates);
    }

    [Theory]
    [InlineData("111 0 8", "opus 111")]
    [InlineData("8 0 111", "opus 111")]
    [InlineData("8 0", "PCMU 0")]
    [InlineData("8", "PCMA 8")]
    [InlineData("0 126", "PCMU 0")]
    public void Opus_is_preferred_to_PCMU_and_that_to_PCMA(string formats, string chosen)
    {
        var offer = SdpSamples.Text("chromium-audio")
            .Replace("SAVPF 111 63 9 0 8 13 110 126", "SAVPF " + formats, StringComparison.Ordinal);

        var send = SdpSamples.Answer(offer).Session.Media[0].Send!;

        Assert.Equal(chosen, $"{send.Codec.Name} {send.PayloadType}");
    }

    [Fact]
    public void Telephone_event_has_the_clock_of_the_codec()
    {
        var offer = SdpSamples.Text("chromium-audio")
            .Replace("SAVPF 111 63 9 0 8 13 110 126", "SAVPF 0 110 126", StringComparison.Ordinal);

        var (answer, session) = SdpSamples.Answer(offer);

        Assert.Equal(["0", "126"], answer.Media[0].Formats);
        Assert.Equal((byte)126, session.Media[0].SendTelephoneEvent);
    }

    [Theory]
    [InlineData("sendrecv", TransceiverDirection.SendRecv)]
    [InlineData("sendonly", TransceiverDirection.RecvOnly)]
    [InlineData("recvonly", TransceiverDirection.SendOnly)]
    [InlineData("inactive", TransceiverDirection.Inactive)]
    public void The_direction_is_mirrored(string offered, TransceiverDirection answered)
    {
        var offer = SdpSamples.Text("chromium-audio").Replace("a=sendrecv", "a=" + offered, StringComparison.Ordinal);

        var (answer, session) = SdpSamples.Answer(offer);

        Assert.Equal(answered, answer.Media[0].Direction);
        Assert.Equal(answered, session.Media[0].Direction);
        var sends = answered is TransceiverDirection.SendRecv or TransceiverDirection.SendOnly;
        Assert.Equal(sends, answer.Media[0].Msid is not null);
    }

    [Fact]
    public void No_more_is_answered_than_is_wanted()
    {
        var (answer, _) = OfferAnswer.CreateAnswer(
            SdpSamples.Parse("chromium-audio"), SdpSamples.Local, [SdpSamples.Audio(TransceiverDirection.RecvOnly)],
            () => throw new InvalidOperationException());

        Assert.Equal(TransceiverDirection.RecvOnly, answer.Media[0].Direction);
        Assert.Empty(answer.Media[0].Ssrcs);
    }

    [Fact]
    public void Address_zero_with_a_real_port_is_a_hold_of_the_old_kind()
    {
        var offer = SdpSamples.Text("aiortc-audio")
            .Replace("c=IN IP4 192.0.2.2", "c=IN IP4 0.0.0.0", StringComparison.Ordinal);

        Assert.Equal(TransceiverDirection.RecvOnly, SdpSamples.Answer(offer).Session.Media[0].Direction);
    }

    [Theory]
    [InlineData("a=setup:actpass", "Passive")]
    [InlineData("a=setup:active", "Passive")]
    [InlineData("a=setup:passive", "Active")]
    [InlineData("a=x-no-setup", "Passive")]
    public void The_DTLS_role_follows_the_offer(string offered, string answered)
    {
        var offer = SdpSamples.Text("chromium-audio").Replace("a=setup:actpass", offered, StringComparison.Ordinal);

        var (answer, session) = SdpSamples.Answer(offer);

        Assert.Equal(answered, $"{session.LocalSetup}");
        Assert.Equal(session.LocalSetup, answer.Media[0].Transport.Setup);
    }

    [Fact]
    public void The_wanted_role_is_taken_when_the_offer_leaves_the_choice()
    {
        var (_, session) = SdpSamples.Answer(
            SdpSamples.Text("chromium-audio"), SdpSamples.Local with { AnswerSetup = SetupRole.Active });

        Assert.Equal(SetupRole.Active, session.LocalSetup);
    }

    [Theory]
    [InlineData("a=rtcp-mux", SdpError.RtcpMuxRequired)]
    [InlineData("a=ice-ufrag:byOj", SdpError.NoIceCredentials)]
    [InlineData("a=ice-pwd:pZn5iB9rnzK69oC2OBDMbHe2", SdpError.NoIceCredentials)]
    [InlineData("m=audio", SdpError.NoAudio)]
    public void An_offer_without_what_is_needed_is_refused_at_its_section(string missing, SdpError error)
    {
        var replacement = missing == "m=audio" ? "m=video" : "a=x-nothing";
        var offer = SdpSamples.Text("chromium-audio").Replace(missing, replacement, StringComparison.Ordinal);

        var exception = Assert.Throws<SdpException>(() => SdpSamples.Answer(offer));

        Assert.Equal((error, error == SdpError.NoAudio ? 0 : 8), (exception.Error, exception.Line));
    }

    [Fact]
    public void An_offer_of_foreign_codecs_only_is_refused()
    {
        var offer = SdpSamples.Text("chromium-audio")
            .Replace("SAVPF 111 63 9 0 8 13 110 126", "SAVPF 63 9 13 105", StringComparison.Ordinal);

        var exception = Assert.Throws<SdpException>(() => SdpSamples.Answer(offer));

        Assert.Equal((SdpError.NoCommonCodec, 8), (exception.Error, exception.Line));
    }

    [Fact]
    public void A_weak_fingerprint_is_refused_unless_a_better_one_stands_beside_it()
    {
        var text = SdpSamples.Text("chromium-audio");
        var strong = text.Split("\r\n").Single(line => line.StartsWith("a=fingerprint", StringComparison.Ordinal));
        var weak = "a=fingerprint:sha-1 " + string.Join(':', Enumerable.Repeat("0a", 20));

        var exception = Assert.Throws<SdpException>(
            () => SdpSamples.Answer(text.Replace(strong, weak, StringComparison.Ordinal)));
        var both = SdpSamples.Answer(text.Replace(strong, $"{weak}\r\n{strong}\r\n{strong}", StringComparison.Ordinal));

        Assert.Equal(SdpError.NoFingerprint, exception.Error);
        Assert.Equal(["sha-256", "sha-256"], both.Session.RemoteFingerprints.Select(print => print.Algorithm));
        Assert.Equal(32, both.Session.RemoteFingerprints[0].ToBytes().Length);
    }

    [Fact]
    public void Ice_lite_is_told()
    {
        var offer = SdpSamples.Text("chromium-audio")
            .Replace("a=extmap-allow-mixed", "a=ice-lite", StringComparison.Ordinal);

        Assert.True(SdpSamples.Answer(offer).Session.RemoteIceLite);
    }
}
