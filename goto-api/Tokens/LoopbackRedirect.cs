using System.Net;
using System.Text;

namespace GoTo.Api;

/// <summary>
/// Where a browser comes back to after a login, on this machine (RFC 8252 section 7.3): listens on loopback for one
/// redirect and tells the person that they may close the page.
/// </summary>
public sealed class LoopbackRedirect : IDisposable
{
    private readonly HttpListener _listener = new();

    /// <summary>Listens.</summary>
    /// <param name="port">
    /// The port of the redirect address that the OAuth client has on record, as in
    /// <c>http://localhost:8910/goto-login</c>.
    /// </param>
    /// <exception cref="HttpListenerException">The port is taken or not allowed.</exception>
    public LoopbackRedirect(int port = 8910)
    {
        Address = new Uri($"http://localhost:{port}/goto-login");
        _listener.Prefixes.Add($"http://localhost:{port}/");
        _listener.Start();
    }

    /// <summary>The redirect address, to be registered with the OAuth client in GoTo's developer portal.</summary>
    public Uri Address { get; }

    /// <summary>Waits for the browser.</summary>
    /// <returns>What it brings: the code, once usable, and the state.</returns>
    /// <exception cref="LogInRefusedException">The person or GoTo refused; the message says which.</exception>
    public async Task<(string Code, string State)> Wait(CancellationToken cancellation = default)
    {
        while (true)
        {
            var context = await _listener.GetContextAsync().WaitAsync(cancellation);
            var query = context.Request.QueryString;
            if (context.Request.Url?.AbsolutePath != Address.AbsolutePath)
            {
                // Browsers also ask for an icon.
                context.Response.StatusCode = 404;
                context.Response.Close();
                continue;
            }

            var failure = query["error"] is { Length: > 0 } error
                ? $"GoTo refused the login: {Redaction.Scrub(query["error_description"] ?? error)}"
                : query["code"] is null or "" || query["state"] is null or "" ? "The browser came back without a code." : null;
            await Say(context.Response, failure ?? "You are logged in. You may close this page.");
            return failure is null ? (query["code"]!, query["state"]!) : throw new LogInRefusedException(failure);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Close();

    private static async Task Say(HttpListenerResponse response, string text)
    {
        response.ContentType = "text/plain; charset=utf-8";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        response.Close();
    }
}

/// <summary>A login in the browser came to nothing. The message says why.</summary>
public sealed class LogInRefusedException : Exception
{
    internal LogInRefusedException(string message)
        : base(message)
    {
    }
}
