using GoTo.WebRtc.Sdp;
using Xunit;

namespace GoTo.WebRtc.Tests.Sdp;

/// <summary>m=application of data channels (RFC 8841) offered, answered and declined.</summary>
public sealed class DataChannelSdpTests
{
    private const string LiveKitOffer = """
        v=0
        o=- 1 1 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
        a=group:BUNDLE 0
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel
        c=IN IP4 0.0.0.0
        a=setup:actpass
        a=mid:0
        a=sendrecv
        a=sctp-port:5000
        a=max-message-size:65535
        a=ice-ufrag:abcdefghijklmnop
        a=ice-pwd:abcdefghijklmnopabcdefghijklmnop
        """;

    [Fact]
    public void Data_channels_are_offered_last_in_the_bundle()
    {
        var (offer, _) = OfferAnswer.CreateOffer(Local(data: true), [Audio(1)]);

        var section = SessionDescription.Parse(offer.ToString()).Media[^1];
        Assert.True(section.IsData);
        Assert.Equal((5000, 262144L), (section.SctpPort!.Value, section.MaxMessageSize!.Value));
        Assert.Equal(["0", "1"], offer.BundleGroups[0]);
    }

    [Fact]
    public void An_offer_of_data_channels_alone_is_answered()
    {
        var offer = SessionDescription.Parse(LiveKitOffer);

        var (answer, session) = OfferAnswer.CreateAnswer(offer, Local(data: true), [], () => Audio(1));

        Assert.Equal(new NegotiatedData(5000, 5000, 65535), session.Data);
        var section = Assert.Single(SessionDescription.Parse(answer.ToString()).Media);
        Assert.Equal(("0", SetupRole.Passive, true), (section.Mid, section.Transport.Setup, section.IsData));
        Assert.Single(section.Transport.Candidates);
    }

    [Fact]
    public void Without_audio_and_without_data_channels_wanted_it_is_refused()
    {
        var offer = SessionDescription.Parse(LiveKitOffer);

        var refusal = Assert.Throws<SdpException>(
            () => OfferAnswer.CreateAnswer(offer, Local(data: false), [], () => Audio(1)));

        Assert.Equal(SdpError.NoAudio, refusal.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Chromiums_offer_of_everything_is_answered_section_by_section(bool data)
    {
        var offer = SdpSamples.Parse("chromium-audio-video-data");

        var (answer, session) = OfferAnswer.CreateAnswer(offer, Local(data), [], () => Audio(1));

        Assert.Equal(offer.Media.Select(section => section.Kind), answer.Media.Select(section => section.Kind));
        Assert.All(answer.Media, section => Assert.Equal(
            section.IsAudio || section.Kind == "application" && data, !section.Rejected));
        Assert.Equal(data, session.Data is not null);
    }

    [Fact]
    public void A_declined_section_leaves_audio_alone()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(Local(data: true), [Audio(1)]);
        var (answer, _) = OfferAnswer.CreateAnswer(offer, Local(data: false), [], () => Audio(2));

        var session = OfferAnswer.AcceptAnswer(offer, audio, answer);

        Assert.Null(session.Data);
        Assert.Equal([true, false], session.Media.Select(line => line.Accepted));
    }

    [Fact]
    public void A_reoffer_keeps_the_sections_place_and_mid()
    {
        var (offer, audio) = OfferAnswer.CreateOffer(Local(data: true), [Audio(1)]);
        var (answer, _) = OfferAnswer.CreateAnswer(offer, Local(data: true), [], () => Audio(2));
        var session = OfferAnswer.AcceptAnswer(offer, audio, answer);

        var (again, _) = OfferAnswer.CreateOffer(Local(data: true), [.. audio, Audio(3)], session);

        Assert.Equal(["0", "1", "2"], again.Media.Select(section => section.Mid));
        Assert.Equal(["audio", "application", "audio"], again.Media.Select(section => section.Kind));
    }

    private static LocalAudio Audio(uint ssrc) => new() { Ssrc = ssrc, StreamId = "s", TrackId = $"t{ssrc}" };

    private static LocalSession Local(bool data) => SdpSamples.Local with { DataChannels = data };
}
