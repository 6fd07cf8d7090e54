namespace GoTo.Simulator.Rooms;

/// <summary>An API method refuses, with a Twirp code and its HTTP status.</summary>
internal sealed class TwirpRefusal(string code, int status, string message) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;

    /// <summary>LiveKit answers a missing token and a missing grant alike.</summary>
    public static TwirpRefusal Denied() => new("unauthenticated", 401, "permissions denied");

    public static TwirpRefusal NotFound(string what) => new("not_found", 404, $"twirp error unknown: {what}");

    public static TwirpRefusal Invalid(string what) => new("invalid_argument", 400, what);

    /// <summary>What LiveKit answers where it routes to a room or participant that nobody knows.</summary>
    public static TwirpRefusal NoResponse() => new("unavailable", 503, "twirp error unknown: no response from servers");

    public static TwirpRefusal Unimplemented(string what) => new("unimplemented", 501, what);
}
