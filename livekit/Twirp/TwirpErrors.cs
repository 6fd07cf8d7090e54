using System.Net;
using System.Text.Json;

namespace GoTo.LiveKit;

/// <summary>Reads a Twirp error body; whatever the body is, a code comes out.</summary>
internal static class TwirpErrors
{
    private const int LongestMessage = 500;

    private static readonly Dictionary<string, TwirpErrorCode> Codes = new()
    {
        ["canceled"] = TwirpErrorCode.Canceled,
        ["unknown"] = TwirpErrorCode.Unknown,
        ["invalid_argument"] = TwirpErrorCode.InvalidArgument,
        ["malformed"] = TwirpErrorCode.Malformed,
        ["deadline_exceeded"] = TwirpErrorCode.DeadlineExceeded,
        ["not_found"] = TwirpErrorCode.NotFound,
        ["bad_route"] = TwirpErrorCode.BadRoute,
        ["already_exists"] = TwirpErrorCode.AlreadyExists,
        ["permission_denied"] = TwirpErrorCode.PermissionDenied,
        ["unauthenticated"] = TwirpErrorCode.Unauthenticated,
        ["resource_exhausted"] = TwirpErrorCode.ResourceExhausted,
        ["failed_precondition"] = TwirpErrorCode.FailedPrecondition,
        ["aborted"] = TwirpErrorCode.Aborted,
        ["out_of_range"] = TwirpErrorCode.OutOfRange,
        ["unimplemented"] = TwirpErrorCode.Unimplemented,
        ["internal"] = TwirpErrorCode.Internal,
        ["unavailable"] = TwirpErrorCode.Unavailable,
        ["dataloss"] = TwirpErrorCode.DataLoss,
        ["data_loss"] = TwirpErrorCode.DataLoss,
    };

    public static TwirpException Read(string method, HttpStatusCode status, string body)
    {
        if (TryReadJson(body, out var code, out var message))
            return new TwirpException(method, code, status, Cut(message));
        // Middleware and proxies answer in plain text or HTML: only the status can be trusted.
        return new TwirpException(method, CodeOf(status), status, Cut(body));
    }

    private static bool TryReadJson(string body, out TwirpErrorCode code, out string message)
    {
        (code, message) = (TwirpErrorCode.Unknown, "");
        if (!body.AsSpan().TrimStart().StartsWith("{"))
            return false;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (!json.RootElement.TryGetProperty("code", out var name) || name.ValueKind != JsonValueKind.String)
                return false;
            code = Codes.GetValueOrDefault(name.GetString()!, TwirpErrorCode.Unknown);
            if (json.RootElement.TryGetProperty("msg", out var text) && text.ValueKind == JsonValueKind.String)
                message = text.GetString()!;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Twirp specification v7, "HTTP Error Response Codes from intermediaries".
    private static TwirpErrorCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => TwirpErrorCode.Internal,
        HttpStatusCode.Unauthorized => TwirpErrorCode.Unauthenticated,
        HttpStatusCode.Forbidden => TwirpErrorCode.PermissionDenied,
        HttpStatusCode.NotFound => TwirpErrorCode.BadRoute,
        HttpStatusCode.RequestTimeout => TwirpErrorCode.DeadlineExceeded,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => TwirpErrorCode.Unavailable,
        _ => TwirpErrorCode.Unknown,
    };

    private static string Cut(string text) =>
        text.Trim() is { Length: > LongestMessage } whole ? whole[..LongestMessage] : text.Trim();
}
