namespace GoTo.WebRtc.Sdp;

internal static partial class OfferAnswer
{
    /// <summary>Takes the remote answer to our offer.</summary>
    /// <param name="offer">Our offer, from <see cref="CreateOffer"/>.</param>
    /// <param name="audio">The lines that <see cref="CreateOffer"/> returned with it.</param>
    /// <param name="answer">The remote answer.</param>
    /// <param name="previous">The session so far, for a re-offer.</param>
    /// <exception cref="SdpException">The answer does not fit the offer.</exception>
    public static NegotiatedSession AcceptAnswer(
        SessionDescription offer, IReadOnlyList<LocalAudio> audio, SessionDescription answer,
        NegotiatedSession? previous = null)
    {
        if (answer.Media.Count != offer.Media.Count)
            throw new SdpException(
                SdpError.AnswerMismatch,
                $"the answer has {answer.Media.Count} sections, the offer {offer.Media.Count}; answer each with one");
        var lines = new List<NegotiatedMedia>();
        for (var index = 0; index < offer.Media.Count; index++)
        {
            var offered = offer.Media[index];
            var section = answer.Media[index];
            if (section.Kind != offered.Kind || section.Mid is not null && section.Mid != offered.Mid)
                throw new SdpException(
                    SdpError.AnswerMismatch,
                    $"section {index} has to answer the offer's {offered.Kind} section with mid \"{offered.Mid}\"",
                    section.Line);
            if (offered.Rejected || section.Port == 0)
                lines.Add(Rejected(offered, index, offered.Mid ?? $"{index}"));
            else if (offered.IsData)
                lines.Add(TakenData(offered, section, index));
            else
                lines.Add(Taken(offered, answer, section, index, audio.First(line => line.Mid == offered.Mid)));
        }
        if (!lines.Exists(line => line.Accepted))
            throw new SdpException(SdpError.NoAudio, "the answer rejects every section");
        var bundle = answer.BundleGroups.SelectMany(group => group).ToList();
        foreach (var line in lines.Where(line => line.Accepted))
        {
            if (lines.Count(other => other.Accepted) > 1 && !bundle.Contains(line.Mid))
                throw new SdpException(
                    SdpError.BundleRequired, "every accepted section has to be in a=group:BUNDLE",
                    answer.Media[line.Index].Line);
        }
        return Negotiated(
            answer, lines, previous, (answered, line) => AcceptedSetup(answered, previous?.LocalSetup, line));
    }

    private static NegotiatedMedia Taken(
        MediaDescription offered, SessionDescription answer, MediaDescription section, int index, LocalAudio own)
    {
        if (!section.RtcpMux)
            throw new SdpException(
                SdpError.RtcpMuxRequired, "the answer has no a=rtcp-mux; RTP and RTCP need one port", section.Line);
        var send = MapsInOrder(section)
            .Select(map => own.Codecs.FirstOrDefault(codec => Matches(map, codec)) is { } codec
                ? new PayloadFormat(map.PayloadType, codec)
                : null)
            .OfType<PayloadFormat>().ToList();
        if (send.Count == 0)
            throw new SdpException(
                SdpError.NoCommonCodec, "the answer accepts none of the offered codecs in this section", section.Line);
        // The remote sends with the numbers we offered. Some answer with their own and send with those, so they are
        // understood too where they mean nothing else here.
        var receive = send
            .Select(format => offered.RtpMaps.First(map => Matches(map, format.Codec)))
            .Select((map, i) => new PayloadFormat(map.PayloadType, send[i].Codec))
            .Concat(send.Where(format => offered.RtpMaps.All(map => map.PayloadType != format.PayloadType)))
            .Distinct().ToList();
        var dtmf = MapsInOrder(section).Where(IsTelephoneEvent).ToList();
        return Accepted(answer, section, index, own) with
        {
            Direction = Agree(offered.Direction ?? TransceiverDirection.SendRecv, RemoteDirection(answer, section)),
            Send = send[0],
            Receive = receive,
            SendTelephoneEvent = dtmf.Find(map => map.ClockRate == send[0].Codec.ClockRate)?.PayloadType,
            ReceiveTelephoneEvents = offered.RtpMaps.Where(map => IsTelephoneEvent(map)
                && dtmf.Exists(answered => answered.ClockRate == map.ClockRate)).ToList(),
        };
    }

    // Without a=setup an answerer is active (RFC 4145 section 4).
    private static SetupRole AcceptedSetup(SetupRole? answered, SetupRole? previous, int line) => answered switch
    {
        SetupRole.ActPass => throw new SdpException(
            SdpError.SetupConflict, "an answer chooses a=setup:active or a=setup:passive, not actpass", line),
        SetupRole.Passive => Keep(SetupRole.Active, previous, line),
        _ => Keep(SetupRole.Passive, previous, line),
    };
}
