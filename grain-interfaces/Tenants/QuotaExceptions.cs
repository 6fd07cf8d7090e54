namespace GoTo.Tenants;

/// <summary>The tenant has used up a quota; nothing was done. Try again when a call has ended, or ask for more.</summary>
[GenerateSerializer, Alias("tenant.quota-exceeded")]
public sealed class QuotaExceededException : Exception
{
    /// <summary>A call that would be one too many.</summary>
    public QuotaExceededException(string tenant, Quota quota)
        : base($"Tenant '{tenant}' has used up its quota {quota}. Try again later, or have the quota raised.")
    {
        Tenant = tenant;
        Quota = quota;
    }

    /// <summary>Whose quota.</summary>
    [Id(0)] public string Tenant { get; }

    /// <summary>Which one.</summary>
    [Id(1)] public Quota Quota { get; }
}

/// <summary>A quota that makes no sense. Nothing was changed; give zero or more, or null for no limit.</summary>
[GenerateSerializer, Alias("tenant.invalid-quotas")]
public sealed class InvalidQuotasException : Exception
{
    /// <summary>A negative quota.</summary>
    /// <param name="quota">Which one.</param>
    public InvalidQuotasException(string quota) : base($"{quota} must not be negative; leave it out for no limit.") => Quota = quota;

    /// <summary>Which one.</summary>
    [Id(0)] public string Quota { get; }
}
