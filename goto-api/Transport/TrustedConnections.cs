using System.Collections.Concurrent;

namespace GoTo.Api;

/// <summary>
/// The network below the pipeline: pooled connections, a pool for each certificate that an account trusts, so that no
/// account is served over a connection that only another one trusts.
/// </summary>
internal sealed class TrustedConnections : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Lazy<HttpMessageInvoker>> _pools = new(StringComparer.OrdinalIgnoreCase);

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var fingerprint = request.Options.TryGetValue(ApiRequest.CertificateKey, out var named) ? named : null;
        return _pools.GetOrAdd(fingerprint ?? "", _ => new(() => NewPool(fingerprint))).Value
            .SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var pool in _pools.Values)
            pool.Value.Dispose();
        base.Dispose(disposing);
    }

    private static HttpMessageInvoker NewPool(string? fingerprint) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A redirect would carry the token to an address that nobody configured.
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = { RemoteCertificateValidationCallback = CertificateTrust.In(fingerprint) },
    });
}
