namespace GoTo.WebRtc.Sdp;

internal static partial class OfferAnswer
{
    /// <summary>Answers an offer: one codec and its telephone-event a line, the offerer's payload types.</summary>
    /// <param name="offer">The remote offer.</param>
    /// <param name="local">This side's session.</param>
    /// <param name="audio">
    /// This side's lines. A line with a mid belongs to the m-line of that mid; those without take the first m-lines
    /// that are free.
    /// </param>
    /// <param name="create">Makes a line where the offer has more audio than there are lines, in order.</param>
    /// <param name="previous">The session so far, for a re-offer.</param>
    /// <exception cref="SdpException">The offer cannot be accepted.</exception>
    public static (SessionDescription Answer, NegotiatedSession Session) CreateAnswer(
        SessionDescription offer, LocalSession local, IReadOnlyList<LocalAudio> audio, Func<LocalAudio> create,
        NegotiatedSession? previous = null)
    {
        var mids = Mids(offer);
        if (previous is not null)
            RequireExtension(offer, mids, previous);
        var candidates = Candidates(offer, mids, local.DataChannels);
        var fresh = new Queue<LocalAudio>(audio.Where(line => line.Mid is null));
        var lines = new List<NegotiatedMedia>();
        SdpException? refusal = null;
        for (var index = 0; index < offer.Media.Count; index++)
        {
            var section = offer.Media[index];
            var mid = mids[index];
            if (!candidates.Contains(mid))
            {
                lines.Add(Rejected(section, index, mid));
                continue;
            }
            if (section.IsData)
            {
                lines.Add(AcceptedData(section, index, mid));
                continue;
            }
            if (!section.RtcpMux)
                throw new SdpException(
                    SdpError.RtcpMuxRequired, "the section has no a=rtcp-mux; offer RTP and RTCP on one port",
                    section.Line);
            var own = audio.FirstOrDefault(line => line.Mid == mid);
            var codecs = (own ?? (fresh.TryPeek(out var next) ? next : null))?.Codecs ?? local.Codecs;
            var format = Choose(section, codecs);
            if (format is null)
            {
                refusal ??= new SdpException(
                    SdpError.NoCommonCodec,
                    $"the section offers none of {string.Join(", ", codecs.Select(codec => codec.Name))}",
                    section.Line);
                lines.Add(Rejected(section, index, mid));
                continue;
            }
            own ??= (fresh.TryDequeue(out var taken) ? taken : create()) with { Mid = mid };
            lines.Add(Answered(offer, section, index, own, format));
        }
        if (!lines.Exists(line => line.Accepted))
            throw refusal ?? new SdpException(SdpError.NoAudio, "the offer has no audio section that can be accepted");
        var session = Negotiated(offer, lines, previous, (offered, line) =>
            AnswerSetup(offered, previous?.LocalSetup, local.AnswerSetup, line));
        if (session.RemoteIceRestart && local.Restarted is { } restarted)
            local = restarted();
        return (Answer(offer, local, session), session);
    }

    private static SessionDescription Answer(SessionDescription offer, LocalSession local, NegotiatedSession session)
    {
        var media = session.Media.Select(line => line.Accepted
            ? AnswerSection(local, offer.Media[line.Index], line, session.LocalSetup)
            : Rejection(line) with { Mid = offer.Media[line.Index].Mid }).ToList();
        var tagged = TaggedLine(offer, session.Media);
        media[tagged.Index] = WithCandidates(media[tagged.Index], local);
        // The group keeps the offer's order, so that its first mid is the one that carries the transport.
        var accepted = session.Media.Where(line => line.Accepted).Select(line => line.Mid).ToList();
        var group = BundleOf(offer, Mids(offer), local.DataChannels).Where(accepted.Contains);
        return Describe(local, media) with
        {
            BundleGroups = offer.BundleGroups.Count == 0 ? [] : [group.ToList()],
            ExtMapAllowMixed = offer.ExtMapAllowMixed,
        };
    }

    private static MediaDescription AnswerSection(
        LocalSession local, MediaDescription offered, NegotiatedMedia line, SetupRole setup)
    {
        if (line.Data is not null)
            return DataSection(local, offered.Mid, setup) with { Protocol = offered.Protocol };
        var codec = OfferedFormats.Map(line.Send!.PayloadType, line.Send.Codec);
        List<RtpMap> maps = [codec, .. line.ReceiveTelephoneEvents];
        List<ExtMap> extensions = [];
        if (line.AudioLevelExtension is { } level)
            extensions.Add(new ExtMap(level, ExtMap.AudioLevel));
        if (line.MidExtension is { } mid)
            extensions.Add(new ExtMap(mid, ExtMap.Mid));
        return Section(local, line.Local!, setup, line.Direction) with
        {
            Mid = offered.Mid,
            Protocol = offered.Protocol,
            Formats = maps.ConvertAll(map => $"{map.PayloadType}"),
            RtpMaps = maps,
            FormatParameters = OfferedFormats.Parameters(maps).ToList(),
            ExtMaps = extensions,
            RtcpReducedSize = line.RtcpReducedSize,
        };
    }

    private static NegotiatedMedia Answered(
        SessionDescription offer, MediaDescription section, int index, LocalAudio own, PayloadFormat format)
    {
        var dtmf = MapsInOrder(section).FirstOrDefault(map =>
            IsTelephoneEvent(map) && map.ClockRate == format.Codec.ClockRate);
        return Accepted(offer, section, index, own) with
        {
            Send = format,
            Receive = [format],
            SendTelephoneEvent = dtmf?.PayloadType,
            ReceiveTelephoneEvents = dtmf is null
                ? []
                : [new RtpMap(dtmf.PayloadType, OfferedFormats.TelephoneEvent, dtmf.ClockRate)],
        };
    }

    private static PayloadFormat? Choose(MediaDescription section, IReadOnlyList<AudioCodec> codecs)
    {
        foreach (var codec in codecs)
        {
            if (MapsInOrder(section).FirstOrDefault(map => Matches(map, codec)) is { } map)
                return new PayloadFormat(map.PayloadType, codec);
        }
        return null;
    }

    /// <summary>
    /// The mids of the sections that share one transport: those of the first bundle with one that we can take, or the
    /// first such section.
    /// </summary>
    private static HashSet<string> Candidates(SessionDescription offer, List<string> mids, bool data)
    {
        var possible = offer.Media.Index().Where(entry => IsPossible(entry.Item, data)).Select(entry => mids[entry.Index])
            .ToHashSet(StringComparer.Ordinal);
        var bundle = BundleOf(offer, mids, data);
        if (bundle.Any(possible.Contains))
            possible.IntersectWith(bundle);
        else
            possible.RemoveWhere(mid => mid != mids.First(possible.Contains));
        return possible;
    }

    private static bool IsPossible(MediaDescription section, bool data)
        => !section.Rejected
            && (section.IsAudio && AudioProtocols.Contains(section.Protocol) || data && section.IsData);

    /// <summary>The bundle group that the answer is made from: the first that has a section we can take.</summary>
    private static IReadOnlyList<string> BundleOf(SessionDescription description, List<string> mids, bool data)
        => description.BundleGroups.FirstOrDefault(group => description.Media.Index().Any(entry =>
            IsPossible(entry.Item, data) && group.Contains(mids[entry.Index]))) ?? [];

    // RFC 5763 section 5, RFC 8842 section 5.3: the offerer says actpass, and a running association keeps its roles.
    private static SetupRole AnswerSetup(SetupRole? offered, SetupRole? previous, SetupRole wanted, int line)
        => offered switch
        {
            SetupRole.ActPass => previous ?? wanted,
            SetupRole.Passive => Keep(SetupRole.Active, previous, line),
            _ => Keep(SetupRole.Passive, previous, line),
        };

    private static void RequireExtension(SessionDescription offer, List<string> mids, NegotiatedSession previous)
    {
        if (offer.Media.Count < previous.Media.Count)
            throw new SdpException(
                SdpError.OfferMismatch,
                $"a re-offer keeps all {previous.Media.Count} sections; refuse them with port 0");
        foreach (var line in previous.Media)
        {
            var section = offer.Media[line.Index];
            // A refused section may be used anew (RFC 9429 section 5.2.2).
            if (line.Accepted && (section.Kind != line.Kind || mids[line.Index] != line.Mid))
                throw new SdpException(
                    SdpError.OfferMismatch,
                    $"section {line.Index} was {line.Kind} with mid \"{line.Mid}\" and has to stay so",
                    section.Line);
        }
    }
}
