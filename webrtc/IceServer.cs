using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using GoTo.WebRtc.Ice;

namespace GoTo.WebRtc;

/// <summary>
/// A STUN or TURN server (RTCIceServer of W3C WebRTC): it tells us our address as seen from outside (RFC 8489), or
/// relays for us (RFC 8656). Its text is the URL only; the credential is never logged.
/// </summary>
public sealed class IceServer
{
    private const int Port = 3478;
    private const int TlsPort = 5349;

    // RFC 8489 section 14.3 allows 508 bytes, a character has up to three.
    private const int MaxUsername = 169;

    /// <summary>
    /// <c>stun:host[:port]</c> (RFC 7064), <c>turn:host[:port][?transport=udp|tcp]</c> or
    /// <c>turns:host[:port]</c> (TURN over TLS, RFC 7065). An IPv6 address stands in brackets. Default ports: 3478, and
    /// 5349 for TLS.
    /// </summary>
    public required string Url { get; init; }

    /// <summary>The user for TURN (long-term credential, RFC 8489 section 9.2).</summary>
    public string? Username { get; init; }

    /// <summary>The password for TURN. A secret.</summary>
    public string? Credential { get; init; }

    /// <summary>
    /// The authority that has signed the certificate of a <c>turns:</c> server. Default: none, which trusts what the
    /// system trusts.
    /// </summary>
    public X509Certificate2? Authority { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Url;

    /// <summary>Checks what is given, as an engine does when it starts.</summary>
    /// <exception cref="ArgumentException">The URL is malformed, or a TURN server has no credentials.</exception>
    public void Validate() => Parse();

    /// <summary>What the URL says.</summary>
    /// <exception cref="ArgumentException">It is malformed, or a TURN server has no credentials.</exception>
    internal IceServerAddress Parse()
    {
        var (rest, query) = Split(Url, '?');
        var (scheme, authority) = Split(rest, ':');
        IceServerKind? kind = (scheme, query) switch
        {
            ("stun", null) => IceServerKind.Stun,
            ("turn", null or "transport=udp") => IceServerKind.TurnUdp,
            ("turn", "transport=tcp") => IceServerKind.TurnTcp,
            ("turns", null or "transport=tcp") => IceServerKind.TurnTls,
            _ => null,
        };
        if (kind is null || authority is null || !TryHost(authority, out var host, out var port))
        {
            throw new ArgumentException(
                $"The ICE server \"{Url}\" is not usable: give stun:host:port, turn:host:port?transport=udp|tcp or "
                + "turns:host:port.");
        }

        if (kind != IceServerKind.Stun && (string.IsNullOrEmpty(Username) || string.IsNullOrEmpty(Credential)))
            throw new ArgumentException($"The ICE server \"{Url}\" needs a Username and a Credential.");
        if (Username?.Length > MaxUsername)
            throw new ArgumentException($"The Username for ICE server \"{Url}\" is longer than {MaxUsername}.");
        return new IceServerAddress(kind.Value, host, port ?? (kind == IceServerKind.TurnTls ? TlsPort : Port));
    }

    private static bool TryHost(string text, out string host, out int? port)
    {
        var end = text.StartsWith('[')
            ? text.IndexOf(']', StringComparison.Ordinal) + 1
            : text.IndexOf(':', StringComparison.Ordinal);
        if (end < 0) end = text.Length;
        host = text[..end].Trim('[', ']');
        port = null;
        if (end == text.Length) return host.Length > 0;
        if (text[end] != ':' || host.Length == 0
            || !ushort.TryParse(text[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == 0)
        {
            return false;
        }

        port = number;
        return true;
    }

    private static (string Before, string? After) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }
}
