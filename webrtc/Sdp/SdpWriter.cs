using System.Text;

namespace GoTo.WebRtc.Sdp;

/// <summary>Writes session descriptions (RFC 8866) in the order of lines that browsers use.</summary>
internal static class SdpWriter
{
    /// <exception cref="ArgumentException">A value would break out of its line.</exception>
    public static string Write(SessionDescription description)
    {
        var text = new StringBuilder(1024 + description.Media.Count * 1024);
        text.Line("v=0");
        text.Line($"o=- {description.SessionId} {description.SessionVersion} IN IP4 0.0.0.0");
        text.Line("s=-");
        if (description.Connection is not null)
            text.Line($"c=IN {Address(description.Connection)}");
        text.Line("t=0 0");
        foreach (var mids in description.BundleGroups)
            text.Line($"a=group:BUNDLE {string.Join(' ', mids)}");
        if (description.IceLite)
            text.Line("a=ice-lite");
        if (description.IceTrickle)
            text.Line("a=ice-options:trickle");
        if (description.ExtMapAllowMixed)
            text.Line("a=extmap-allow-mixed");
        if (description.Direction is not null)
            text.Line($"a={Name(description.Direction.Value)}");
        Write(text, description.Transport);
        foreach (var media in description.Media)
            Write(text, media);
        return text.ToString();
    }

    private static void Write(StringBuilder text, MediaDescription media)
    {
        text.Line($"m={media.Kind} {media.Port} {media.Protocol} {string.Join(' ', media.Formats)}");
        text.Line($"c=IN {Address(media.Connection ?? "0.0.0.0")}");
        if (media.Mid is not null)
            text.Line($"a=mid:{media.Mid}");
        if (media.BundleOnly)
            text.Line("a=bundle-only");
        Write(text, media.Transport);
        foreach (var extMap in media.ExtMaps)
        {
            var direction = extMap.Direction is null ? "" : $"/{Name(extMap.Direction.Value)}";
            text.Line($"a=extmap:{extMap.Id}{direction} {extMap.Uri}");
        }
        if (media.Direction is not null)
            text.Line($"a={Name(media.Direction.Value)}");
        if (media.Msid is not null)
            text.Line(media.Msid.Track is null
                ? $"a=msid:{Field(media.Msid.Stream)}"
                : $"a=msid:{Field(media.Msid.Stream)} {Field(media.Msid.Track)}");
        if (media.RtcpMux)
            text.Line("a=rtcp-mux");
        if (media.RtcpReducedSize)
            text.Line("a=rtcp-rsize");
        if (media.SctpPort is not null)
            text.Line($"a=sctp-port:{media.SctpPort}");
        if (media.MaxMessageSize is not null)
            text.Line($"a=max-message-size:{media.MaxMessageSize}");
        foreach (var map in media.RtpMaps)
        {
            var channels = map.Channels == 1 ? "" : $"/{map.Channels}";
            text.Line($"a=rtpmap:{map.PayloadType} {map.Encoding}/{map.ClockRate}{channels}");
        }
        foreach (var parameters in media.FormatParameters)
            text.Line($"a=fmtp:{parameters.PayloadType} {parameters.Parameters}");
        foreach (var ssrc in media.Ssrcs)
            text.Line($"a=ssrc:{ssrc.Ssrc} cname:{Field(ssrc.Cname ?? "-")}");
    }

    private static void Write(StringBuilder text, TransportDescription transport)
    {
        foreach (var candidate in transport.Candidates)
            text.Line($"a={candidate}");
        if (transport.EndOfCandidates)
            text.Line("a=end-of-candidates");
        if (transport.IceUfrag is not null)
            text.Line($"a=ice-ufrag:{transport.IceUfrag}");
        if (transport.IcePassword is not null)
            text.Line($"a=ice-pwd:{transport.IcePassword}");
        foreach (var fingerprint in transport.Fingerprints)
            text.Line($"a=fingerprint:{fingerprint}");
        if (transport.Setup is not null)
            text.Line($"a=setup:{Name(transport.Setup.Value)}");
    }

    private static string Address(string address)
        => address.Contains(':', StringComparison.Ordinal) ? $"IP6 {address}" : $"IP4 {address}";

    private static string Name(TransceiverDirection direction) => direction switch
    {
        TransceiverDirection.SendRecv => "sendrecv",
        TransceiverDirection.SendOnly => "sendonly",
        TransceiverDirection.RecvOnly => "recvonly",
        _ => "inactive",
    };

    private static string Name(SetupRole setup) => setup switch
    {
        SetupRole.ActPass => "actpass",
        SetupRole.Active => "active",
        _ => "passive",
    };

    // Stream and track ids and CNAMEs may come from callers; a space would shift the fields behind them.
    private static string Field(string value)
        => value.Length == 0 || value.Contains(' ', StringComparison.Ordinal)
            ? throw new ArgumentException("A stream id, track id or CNAME is neither empty nor spaced.", nameof(value))
            : value;

    private static void Line(this StringBuilder text, string line)
    {
        foreach (var c in line)
        {
            if (char.IsControl(c))
                throw new ArgumentException("An SDP value has no control characters.", nameof(line));
        }
        text.Append(line).Append("\r\n");
    }
}
