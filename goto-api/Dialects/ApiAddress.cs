namespace GoTo.Api;

/// <summary>Puts addresses together so that no id can lead anywhere else than meant.</summary>
internal static class ApiAddress
{
    public static Uri Join(Uri baseAddress, string rest) => new(baseAddress.AbsoluteUri.TrimEnd('/') + rest);

    /// <summary>An id as one path segment. Ids come from outside and may hold any character.</summary>
    public static string Segment(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        // Escaping leaves dots alone, and a segment of dots would be taken for a step up the path.
        return id is "." or ".."
            ? throw new ArgumentException($"'{id}' is not an id.", nameof(id))
            : Uri.EscapeDataString(id);
    }

    /// <summary>
    /// Whether two addresses belong to one party: the same host, both loopback, or hosts of one domain, as
    /// realtime.goto.com and api.goto.com are.
    /// </summary>
    public static bool IsOfSameParty(Uri one, Uri other) =>
        string.Equals(one.Host, other.Host, StringComparison.OrdinalIgnoreCase)
        || (one.IsLoopback && other.IsLoopback)
        || (one.HostNameType == UriHostNameType.Dns && other.HostNameType == UriHostNameType.Dns
            && one.Host.Contains('.') && string.Equals(Domain(one), Domain(other), StringComparison.OrdinalIgnoreCase));

    private static string Domain(Uri address)
    {
        var labels = address.Host.Split('.');
        return labels.Length < 2 ? address.Host : $"{labels[^2]}.{labels[^1]}";
    }
}
