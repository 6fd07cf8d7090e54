namespace GoTo.Client;

/// <summary>Where the cluster is, and in whose name the client asks.</summary>
public sealed class GoToClientOptions
{
    /// <summary>The service's name, as the silos have it. <c>goto</c> unless set.</summary>
    public string ServiceId { get; set; } = "goto";

    /// <summary>The cluster's name, as the silos have it. <c>goto</c> unless set.</summary>
    public string ClusterId { get; set; } = "goto";

    /// <summary>The connection string of the Redis by which the silos find each other. Null: one silo on this machine.</summary>
    public string? Redis { get; set; }

    /// <summary>The port of the silo on this machine, when there is no Redis. 30000 unless set.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// Who asks, for the journals and the audit trail: a service's or a person's name. The application's name unless set. A
    /// request that has <c>actor</c> in its <c>RequestContext</c> keeps that.
    /// </summary>
    public string? Actor { get; set; }

    /// <summary>
    /// The tenant that the client acts for: it reaches that tenant's calls and numbers only. Null: an operator's client, which
    /// reaches all. A service of many tenants sets <c>tenant</c> in the <c>RequestContext</c> of each request instead.
    /// </summary>
    public string? Tenant { get; set; }

    /// <summary>Where a number without a country code is meant, as an ISO 3166 code such as <c>US</c>. Null: such a number is refused.</summary>
    public string? Region { get; set; }
}
