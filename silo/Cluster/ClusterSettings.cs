using System.Net;

namespace GoTo.Silo.Cluster;

/// <summary>
/// How silos find each other and where grains are stored; configuration section <c>GoTo:Cluster</c>. Redis and PostgreSQL are
/// named by <c>ConnectionStrings:Redis</c> and <c>ConnectionStrings:PostgreSql</c>; without them a silo is alone on its
/// machine and stores in <see cref="SqliteFile"/>. Redis asks for PostgreSQL too.
/// </summary>
public sealed class ClusterSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo:Cluster";

    /// <summary>The service's name: all silos and clients of one installation share it, for ever. <c>goto</c> unless set.</summary>
    public string ServiceId { get; set; } = "goto";

    /// <summary>The cluster's name; silos with the same one join each other. <c>goto</c> unless set.</summary>
    public string ClusterId { get; set; } = "goto";

    /// <summary>The TCP port for other silos. 11111 unless set.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The TCP port for clients. 30000 unless set.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address that other silos and clients reach this one at. The host's own, unless set.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>The SQLite file for a silo without PostgreSQL. <c>goto.db</c> in the working folder unless set.</summary>
    public string SqliteFile { get; set; } = "goto.db";

    /// <summary>
    /// The folder of the keys that tokens are encrypted with; all silos must share it. Unless set, the keys are in Redis,
    /// and without Redis in the folder <c>goto-keys</c> beside <see cref="SqliteFile"/>.
    /// </summary>
    public string? KeyFolder { get; set; }

    /// <summary>
    /// The PKCS #12 file of a certificate with an RSA key, the same for all silos, that those keys are encrypted with where
    /// they are stored. Unless set they are stored as they are, and a silo that serves a real account warns of it.
    /// </summary>
    public string? KeyCertificate { get; set; }

    /// <summary>The password of that file, and of those of <see cref="FormerKeyCertificates"/>. Secret.</summary>
    [Redact]
    public string? KeyCertificatePassword { get; set; }

    /// <summary>Files of certificates that were used before: older keys are still read with them.</summary>
    public IList<string> FormerKeyCertificates { get; init; } = [];

    internal IPAddress? Advertised => IPAddress.TryParse(AdvertisedAddress, out var address) ? address : null;
}
