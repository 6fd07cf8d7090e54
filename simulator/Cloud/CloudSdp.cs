using System.Security.Cryptography;
using System.Text;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// The SDP offer of a far end without media (specification appendix A.1): well formed, and nobody behind it.
/// </summary>
internal static class CloudSdp
{
    /// <summary>An offer made from the call's id, so that one call always has the same.</summary>
    public static string Offer(string callId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(callId));
        var hex = Convert.ToHexStringLower(hash);
        var fingerprint = string.Join(':', hash.Select(value => value.ToString("X2")));
        string[] lines =
        [
            "v=0", $"o=- {BitConverter.ToUInt32(hash)} 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE audio",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
            $"a=ice-ufrag:{hex[..8]}", $"a=ice-pwd:{hex[8..32]}", $"a=fingerprint:sha-256 {fingerprint}",
            "a=setup:actpass", "a=mid:audio", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 minptime=10;useinbandfec=1", "a=rtpmap:0 PCMU/8000", "a=end-of-candidates",
        ];
        return string.Concat(lines.Select(line => line + "\r\n"));
    }
}
