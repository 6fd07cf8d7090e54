namespace GoTo.WebRtc.Sdp;

internal static partial class OfferAnswer
{
    private static readonly string[] StrongHashes = ["sha-256", "sha-384", "sha-512"];

    private static NegotiatedMedia Rejected(MediaDescription section, int index, string mid) => new()
    {
        Index = index,
        Kind = section.Kind,
        Protocol = section.Protocol,
        FirstFormat = section.Formats[0],
        Mid = mid,
        Accepted = false,
    };

    /// <summary>What holds for an accepted section whoever offered; codecs are left to the caller.</summary>
    private static NegotiatedMedia Accepted(
        SessionDescription remote, MediaDescription section, int index, LocalAudio own) => new()
        {
            Index = index,
            Kind = section.Kind,
            Protocol = section.Protocol,
            FirstFormat = section.Formats[0],
            Mid = own.Mid!,
            Accepted = true,
            Local = own,
            Direction = Agree(own.Direction, RemoteDirection(remote, section)),
            // A longer mid does not fit the one-byte form (RFC 8285 section 4.2).
            MidExtension = own.Mid!.Length <= MaxMidLength ? Extension(section, ExtMap.Mid)?.Id : null,
            AudioLevelExtension = Extension(section, ExtMap.AudioLevel)?.Id,
            RtcpReducedSize = section.RtcpReducedSize,
            RemoteMsid = section.Msid,
            RemoteSsrcs = section.Ssrcs.Select(ssrc => ssrc.Ssrc).ToList(),
        };

    private static NegotiatedSession Negotiated(
        SessionDescription remote, IReadOnlyList<NegotiatedMedia> lines, NegotiatedSession? previous,
        Func<SetupRole?, int, SetupRole> chooseSetup)
    {
        var section = remote.Media[TaggedLine(remote, lines).Index];
        var ufrag = section.Transport.IceUfrag ?? remote.Transport.IceUfrag
            ?? throw new SdpException(SdpError.NoIceCredentials, "a=ice-ufrag is missing", section.Line);
        var password = section.Transport.IcePassword ?? remote.Transport.IcePassword
            ?? throw new SdpException(SdpError.NoIceCredentials, "a=ice-pwd is missing", section.Line);
        var fingerprints = Fingerprints(remote, section);
        if (previous is not null && !fingerprints.Intersect(previous.RemoteFingerprints).Any())
            throw new SdpException(
                SdpError.SetupConflict, "the peer's certificate changed within the session; start a new one",
                section.Line);
        return new NegotiatedSession
        {
            RemoteIceUfrag = ufrag,
            RemoteIcePassword = password,
            RemoteIceLite = remote.IceLite,
            RemoteCandidates = section.Transport.Candidates,
            RemoteEndOfCandidates = section.Transport.EndOfCandidates || remote.Transport.EndOfCandidates,
            RemoteFingerprints = fingerprints,
            LocalSetup = chooseSetup(section.Transport.Setup ?? remote.Transport.Setup, section.Line),
            RemoteIceRestart = previous is not null
                && (previous.RemoteIceUfrag != ufrag || previous.RemoteIcePassword != password),
            Media = lines,
        };
    }

    /// <summary>Whether no section of the offer goes on with the credentials of the session (RFC 8839 section 4.4.1.1.1).</summary>
    public static bool Restarts(SessionDescription offer, NegotiatedSession session) => !offer.Media.Any(section =>
        (section.Transport.IceUfrag ?? offer.Transport.IceUfrag) == session.RemoteIceUfrag
        && (section.Transport.IcePassword ?? offer.Transport.IcePassword) == session.RemoteIcePassword);

    /// <summary>The accepted line that describes the transport: the bundle's first (RFC 9143 section 7.3.1).</summary>
    private static NegotiatedMedia TaggedLine(SessionDescription remote, IReadOnlyList<NegotiatedMedia> lines)
    {
        foreach (var mid in remote.BundleGroups.SelectMany(group => group))
        {
            if (lines.FirstOrDefault(line => line.Accepted && line.Mid == mid) is { } tagged)
                return tagged;
        }
        return lines.First(line => line.Accepted);
    }

    private static List<SdpFingerprint> Fingerprints(SessionDescription remote, MediaDescription section)
    {
        var stated = section.Transport.Fingerprints.Count > 0
            ? section.Transport.Fingerprints
            : remote.Transport.Fingerprints;
        var strong = stated.Where(fingerprint => StrongHashes.Contains(fingerprint.Algorithm)).ToList();
        if (strong.Count == 0)
            throw new SdpException(
                SdpError.NoFingerprint,
                stated.Count == 0
                    ? "a=fingerprint is missing; media is carried over DTLS-SRTP only"
                    : "every a=fingerprint uses a weak or unknown hash; add one with sha-256",
                section.Line);
        return strong;
    }

    private static SetupRole Keep(SetupRole chosen, SetupRole? previous, int line)
        => previous is null || previous == chosen
            ? chosen
            : throw new SdpException(
                SdpError.SetupConflict, "a=setup would change the DTLS roles of the running session; repeat them",
                line);

    /// <summary>Every section's mid; a section without one goes by its position.</summary>
    private static List<string> Mids(SessionDescription description)
    {
        var mids = description.Media.Select((section, index) => section.Mid ?? $"{index}").ToList();
        if (mids.Distinct(StringComparer.Ordinal).Count() != mids.Count)
            throw new SdpException(SdpError.Malformed, "either every section has an a=mid of its own or none has");
        return mids;
    }
}
