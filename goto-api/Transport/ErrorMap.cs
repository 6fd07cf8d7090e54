using System.Net;

namespace GoTo.Api;

/// <summary>Which exception tells which refusal (specification section 8.2). Pure.</summary>
internal static class ErrorMap
{
    public static GoToApiException ToException(ApiFailure failure, RepeatClass repeat, TimeSpan? retryAfter)
    {
        var status = failure.Status!.Value;
        return status switch
        {
            HttpStatusCode.Unauthorized => new GoToAuthenticationException(failure),
            HttpStatusCode.BadRequest when failure.Code is "invalid_grant" or "invalid_client" or "invalid_token"
                or "unauthorized_client" or "unsupported_grant_type" or "invalid_scope"
                => new GoToAuthenticationException(failure),
            HttpStatusCode.Forbidden => new GoToPermissionException(failure),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new GoToNotFoundException(failure),
            HttpStatusCode.Conflict => new GoToConflictException(failure),
            HttpStatusCode.TooManyRequests => new GoToRateLimitedException(failure, retryAfter),
            HttpStatusCode.ServiceUnavailable => new GoToUnavailableException(
                failure, outcomeUnknown: false, retryAfter),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new GoToUnavailableException(
                failure, outcomeUnknown: repeat == RepeatClass.Never, retryAfter),
            >= HttpStatusCode.BadRequest => new GoToRequestException(failure),
            _ => new GoToProtocolException(failure),
        };
    }
}
