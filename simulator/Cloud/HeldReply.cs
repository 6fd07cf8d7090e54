namespace GoTo.Simulator.Cloud;

/// <summary>The reply to a request that was carried out already, before anything of it is sent.</summary>
internal sealed class HeldReply
{
    private readonly HttpContext _context;
    private readonly byte[] _body;

    private HeldReply(HttpContext context, byte[] body) => (_context, _body) = (context, body);

    /// <summary>Carries a request out and holds its reply back.</summary>
    public static async Task<HeldReply> Of(HttpContext context, RequestDelegate next)
    {
        var regular = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = regular;
        }

        return new HeldReply(context, body.ToArray());
    }

    public async Task Send()
    {
        if (_body.Length > 0)
            await _context.Response.Body.WriteAsync(_body, _context.RequestAborted);
    }
}
