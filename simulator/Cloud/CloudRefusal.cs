namespace GoTo.Simulator.Cloud;

/// <summary>A request that the simulated cloud refuses, with the reply's status and body.</summary>
internal sealed class CloudRefusal(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The reply's Retry-After header, if it has one.</summary>
    public string? RetryAfter { get; init; }

    public static CloudRefusal BadRequest(string message, string code = "BAD_REQUEST") => new(400, code, message);

    public static CloudRefusal NotFound(string code, string message) => new(404, code, message);

    public static CloudRefusal Conflict(string code, string message) => new(409, code, message);
}
