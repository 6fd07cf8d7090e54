using System.Net.Security;
using System.Security.Cryptography;

namespace GoTo.LiveKit;

/// <summary>Where the LiveKit server is and which API key speaks to it; section <c>GoTo:LiveKit</c>.</summary>
public sealed class LiveKitOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "GoTo:LiveKit";

    /// <summary>
    /// The server's base address, <c>ws</c>, <c>wss</c>, <c>http</c> or <c>https</c>, with a path prefix if the server
    /// sits behind one. No default.
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>The API key, a token's issuer. No default.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The API secret that signs tokens (a secret: keep it out of logs). No default.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>
    /// The SHA-256 of the one certificate that is trusted, in hexadecimal, with colons or without; for a server with a
    /// certificate of its own, such as the simulator's. Unless set, the machine's authorities decide.
    /// </summary>
    public string? CertificateFingerprint { get; set; }

    /// <summary>What TLS asks about the server's certificate; null leaves it to the machine.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation => CertificateFingerprint is not { } fingerprint
        ? null
        : (_, certificate, _, _) => certificate is not null
            && certificate.GetCertHashString(HashAlgorithmName.SHA256) == Digits(fingerprint);

    /// <summary>The base address of the HTTP API.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Url"/> is missing or unusable.</exception>
    public Uri HttpBase => Rebase(Usable(Url), secure: "https", open: "http");

    /// <summary>The base address of the signalling sockets.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Url"/> is missing or unusable.</exception>
    public Uri SocketBase => SocketBaseOf(Usable(Url));

    /// <summary>What is wrong with these options, a sentence each that names the setting; empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Url is null)
            problems.Add($"{Section}:Url is missing: set it to the server's address, such as ws://127.0.0.1:7880.");
        else if (!IsUsable(Url))
            problems.Add($"{Section}:Url must be an absolute ws, wss, http or https address without query.");
        if (CertificateFingerprint is { } fingerprint
            && !(Digits(fingerprint) is { Length: 64 } digits && digits.All(char.IsAsciiHexDigit)))
        {
            problems.Add($"{Section}:CertificateFingerprint must be a SHA-256 in hexadecimal: 64 digits, with colons or without.");
        }

        if (string.IsNullOrWhiteSpace(ApiKey))
            problems.Add($"{Section}:ApiKey is missing: set it to the LiveKit server's API key.");
        if (string.IsNullOrWhiteSpace(ApiSecret))
            problems.Add($"{Section}:ApiSecret is missing: set it to the secret of {Section}:ApiKey.");
        return problems;
    }

    internal static bool IsUsable(Uri url) =>
        url.IsAbsoluteUri && url.Scheme is "ws" or "wss" or "http" or "https"
        && url.Query.Length == 0 && url.Fragment.Length == 0;

    internal static Uri SocketBaseOf(Uri url) => Rebase(url, secure: "wss", open: "ws");

    private static string Digits(string fingerprint) =>
        fingerprint.Replace(":", "", StringComparison.Ordinal).Trim().ToUpperInvariant();

    private static Uri Usable(Uri? url) =>
        url is not null && IsUsable(url)
            ? url
            : throw new InvalidOperationException(
                $"{Section}:Url must be set to an absolute ws, wss, http or https address.");

    private static Uri Rebase(Uri url, string secure, string open)
    {
        var port = url.IsDefaultPort ? -1 : url.Port;
        var scheme = url.Scheme is "wss" or "https" ? secure : open;
        return new UriBuilder(scheme, url.Host, port, url.AbsolutePath.TrimEnd('/') + "/").Uri;
    }
}
