namespace GoTo.WebRtc.Sdp;

/// <summary>
/// Offer/answer (RFC 3264, RFC 9429 section 5) for audio over one bundled transport: pure functions over descriptions.
/// </summary>
internal static partial class OfferAnswer
{
    private const int MaxMidLength = 16;

    private static readonly string[] AudioProtocols =
    [
        // RFC 9429 section 5.1.2: what an answerer has to take, whatever transport ICE finds in the end.
        "UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVP",
        "TCP/TLS/RTP/SAVP", "RTP/SAVPF", "RTP/SAVP",
    ];

    /// <summary>Makes an offer.</summary>
    /// <param name="local">This side's session.</param>
    /// <param name="audio">This side's lines; those without a mid are new.</param>
    /// <param name="previous">The session so far, for a re-offer; its lines keep their order and mids.</param>
    /// <returns>The offer, and <paramref name="audio"/> in its order with every mid set.</returns>
    public static (SessionDescription Offer, IReadOnlyList<LocalAudio> Audio) CreateOffer(
        LocalSession local, IReadOnlyList<LocalAudio> audio, NegotiatedSession? previous = null)
    {
        var mids = audio.Select(line => line.Mid).Concat(previous?.Media.Select(line => line.Mid) ?? [])
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
        var named = audio.Select(line => line.Mid is null ? line with { Mid = NextMid(mids) } : line).ToList();
        var formats = OfferedFormats.Continue(previous);
        var media = new List<MediaDescription>();
        foreach (var line in previous?.Media ?? [])
        {
            if (line.Kind == DataKind && local.DataChannels)
            {
                media.Add(DataSection(local, line.Mid, SetupRole.ActPass));
                continue;
            }

            var own = line.Accepted ? named.Find(candidate => candidate.Mid == line.Mid) : null;
            media.Add(own is null ? Rejection(line) : formats.Section(local, own));
        }
        var known = previous?.Media.Select(line => line.Mid).ToHashSet(StringComparer.Ordinal) ?? [];
        media.AddRange(named.Where(line => !known.Contains(line.Mid!)).Select(line => formats.Section(local, line)));
        if (local.DataChannels && !media.Exists(section => section.Kind == DataKind))
            media.Add(DataSection(local, NextMid(mids), SetupRole.ActPass));
        var first = media.FindIndex(section => !section.Rejected);
        if (first < 0)
            throw new ArgumentException("An offer needs audio or data channels.", nameof(audio));
        media[first] = WithCandidates(media[first], local);
        var offer = Describe(local, media) with { ExtMapAllowMixed = true };
        return (offer, named);
    }

    private static SessionDescription Describe(LocalSession local, IReadOnlyList<MediaDescription> media) => new()
    {
        SessionId = local.SessionId,
        SessionVersion = local.SessionVersion,
        IceLite = local.IceLite,
        IceTrickle = true,
        BundleGroups =
            [media.Where(section => !section.Rejected).Select(section => section.Mid).OfType<string>().ToList()],
        Media = media,
    };

    internal static MediaDescription Section(
        LocalSession local, LocalAudio line, SetupRole setup, TransceiverDirection direction)
    {
        var sends = Sends(direction);
        return new MediaDescription
        {
            Kind = "audio",
            Mid = line.Mid,
            Direction = direction,
            Transport = new TransportDescription
            {
                IceUfrag = local.IceUfrag,
                IcePassword = local.IcePassword,
                Fingerprints = [local.Fingerprint],
                Setup = setup,
            },
            RtcpMux = true,
            RtcpReducedSize = true,
            Msid = sends && line.TrackId is not null ? new MediaStreamId(line.StreamId ?? "-", line.TrackId) : null,
            Ssrcs = sends ? [new SsrcDescription(line.Ssrc, local.Cname)] : [],
        };
    }

    // A bundled transport is described once, in its first section (RFC 9143 section 7.1.3).
    private static MediaDescription WithCandidates(MediaDescription section, LocalSession local) => section with
    {
        Transport = section.Transport with
        {
            Candidates = local.Candidates,
            EndOfCandidates = local.EndOfCandidates,
        },
    };

    private static MediaDescription Rejection(NegotiatedMedia line)
        => Rejection(line.Kind, line.Protocol, line.FirstFormat, line.Mid);

    private static MediaDescription Rejection(string kind, string protocol, string format, string? mid) => new()
    {
        Kind = kind,
        Port = 0,
        Protocol = protocol,
        Formats = [format],
        Mid = mid,
        Direction = TransceiverDirection.Inactive,
    };

    private static string NextMid(HashSet<string> taken)
    {
        for (var number = 0; ; number++)
        {
            var mid = $"{number}";
            if (taken.Add(mid))
                return mid;
        }
    }

    private static bool Sends(TransceiverDirection direction)
        => direction is TransceiverDirection.SendRecv or TransceiverDirection.SendOnly;

    private static bool Receives(TransceiverDirection direction)
        => direction is TransceiverDirection.SendRecv or TransceiverDirection.RecvOnly;

    private static TransceiverDirection Directed(bool sends, bool receives) => (sends, receives) switch
    {
        (true, true) => TransceiverDirection.SendRecv,
        (true, false) => TransceiverDirection.SendOnly,
        (false, true) => TransceiverDirection.RecvOnly,
        _ => TransceiverDirection.Inactive,
    };

    /// <summary>What is left of our wish under the remote's direction, which is seen from the remote's side.</summary>
    private static TransceiverDirection Agree(TransceiverDirection wanted, TransceiverDirection remote)
        => Directed(Sends(wanted) && Receives(remote), Receives(wanted) && Sends(remote));

    /// <summary>The direction a remote section states, from its side.</summary>
    private static TransceiverDirection RemoteDirection(SessionDescription remote, MediaDescription section)
    {
        var direction = section.Direction ?? remote.Direction ?? TransceiverDirection.SendRecv;
        // Hold as before RFC 3264: address 0.0.0.0, do not send here. With port 9 it only says that ICE will find the
        // address (RFC 9429 section 5.2.1).
        var held = (section.Connection ?? remote.Connection) == "0.0.0.0" && section.Port is not (0 or 9);
        return held ? Directed(Sends(direction), receives: false) : direction;
    }

    private static IEnumerable<RtpMap> MapsInOrder(MediaDescription section)
    {
        foreach (var format in section.Formats)
        {
            var payloadType = byte.Parse(format, System.Globalization.CultureInfo.InvariantCulture);
            var map = section.RtpMaps.FirstOrDefault(candidate => candidate.PayloadType == payloadType);
            // Two static payload types need no a=rtpmap (RFC 3551 section 6); unmapped dynamic ones mean nothing.
            map ??= payloadType switch
            {
                0 => new RtpMap(0, "PCMU", 8000),
                8 => new RtpMap(8, "PCMA", 8000),
                _ => null,
            };
            if (map is not null)
                yield return map;
        }
    }

    private static bool Matches(RtpMap map, AudioCodec codec)
        => map.ClockRate == codec.ClockRate && map.Channels == codec.Channels
            && map.Encoding.Equals(codec.Name, StringComparison.OrdinalIgnoreCase);

    private static bool IsTelephoneEvent(RtpMap map)
        => map.Encoding.Equals(OfferedFormats.TelephoneEvent, StringComparison.OrdinalIgnoreCase);

    // The one-byte form, which everyone reads, has ids 1 to 14 (RFC 8285 section 4.2).
    private static ExtMap? Extension(MediaDescription section, string uri)
        => section.ExtMaps.FirstOrDefault(map => map.Uri == uri && map.Id is > 0 and < 15
            && map.Direction is null or TransceiverDirection.SendRecv);
}
