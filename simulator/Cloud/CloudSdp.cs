using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// The SDP of a far end without media (specification appendix A.1): well formed, and nobody behind it. Made from the
/// call's id, so that one call always has the same.
/// </summary>
internal static partial class CloudSdp
{
    private static readonly string[] SenderLines = ["a=candidate:", "a=ssrc:", "a=msid:"];

    public static string Offer(string callId)
    {
        var (origin, ufrag, password, fingerprint) = Identity(callId);
        string[] lines =
        [
            "v=0", origin, "s=-", "t=0 0", "a=group:BUNDLE audio",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
            ufrag, password, fingerprint, "a=setup:actpass", "a=mid:audio", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 minptime=10;useinbandfec=1", "a=rtpmap:0 PCMU/8000", "a=end-of-candidates",
        ];
        return Text(lines);
    }

    /// <summary>The offer's own lines, where nothing says who answers.</summary>
    public static string Answer(string callId, string offer)
    {
        var (origin, ufrag, password, fingerprint) = Identity(callId);
        return Text(offer.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0 && !IsOfSender(line))
            .Select(line => line switch
            {
                _ when line.StartsWith("o=", StringComparison.Ordinal) => origin,
                _ when line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) => ufrag,
                _ when line.StartsWith("a=ice-pwd:", StringComparison.Ordinal) => password,
                _ when line.StartsWith("a=fingerprint:", StringComparison.Ordinal) => fingerprint,
                _ when line.StartsWith("a=setup:", StringComparison.Ordinal) => "a=setup:active",
                _ => line,
            }));
    }

    /// <summary>
    /// An offer with G.711 and touch tones only (RFC 3551, RFC 4733 at 8 kHz), what the telephone network passes on; as it is
    /// when it has no G.711.
    /// </summary>
    public static string Narrow(string sdp)
    {
        var kept = Telephony().Matches(sdp).Select(match => match.Groups["type"].Value).ToHashSet();
        // The two laws have numbers of their own and need no rtpmap.
        kept.UnionWith(["0", "8"]);
        var media = Media().Match(sdp);
        var types = media.Groups["types"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!types.Any(type => type is "0" or "8"))
            return sdp;
        var narrowed = sdp.Replace(
            media.Value, $"{media.Groups["head"].Value} {string.Join(' ', types.Where(kept.Contains))}", StringComparison.Ordinal);
        return OfType().Replace(narrowed, match => kept.Contains(match.Groups["type"].Value) ? match.Value : "");
    }

    [GeneratedRegex(@"a=rtpmap:(?<type>[0-9]+) telephone-event/8000\b", RegexOptions.IgnoreCase)]
    private static partial Regex Telephony();

    [GeneratedRegex(@"(?<head>m=audio [0-9]+ \S+)(?<types>( [0-9]+)+)")]
    private static partial Regex Media();

    [GeneratedRegex(@"a=(?:rtpmap|fmtp|rtcp-fb):(?<type>[0-9]+) [^\r\n]*\r?\n")]
    private static partial Regex OfType();

    private static bool IsOfSender(string line) =>
        SenderLines.Any(start => line.StartsWith(start, StringComparison.Ordinal));

    private static (string Origin, string Ufrag, string Password, string Fingerprint) Identity(string callId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(callId));
        var hex = Convert.ToHexStringLower(hash);
        return (
            $"o=- {BitConverter.ToUInt32(hash)} 2 IN IP4 127.0.0.1", $"a=ice-ufrag:{hex[..8]}", $"a=ice-pwd:{hex[8..32]}",
            $"a=fingerprint:sha-256 {string.Join(':', hash.Select(value => value.ToString("X2")))}");
    }

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\r\n"));
}
