using System.Net;

namespace GoTo.Api;

/// <summary>
/// What every refusal or failure of GoTo's API has in common (specification section 8). The message says what was tried
/// and what to do about it, and holds no token, password or secret.
/// </summary>
public abstract class GoToApiException : Exception
{
    private protected GoToApiException(ApiFailure failure, string advice, Exception? inner)
        : base(failure.Describe(advice), inner)
    {
        Operation = failure.Operation;
        StatusCode = failure.Status;
        Code = failure.Code;
        Reference = failure.Reference;
    }

    /// <summary>What was asked for, in words, for instance <c>answer call</c>.</summary>
    public string Operation { get; }

    /// <summary>The HTTP status of the reply, or null when there was none.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>GoTo's own error code, for instance <c>AUTHN_EXPIRED_TOKEN</c> or <c>invalid_grant</c>.</summary>
    public string? Code { get; }

    /// <summary>GoTo's reference of this failure, to quote in a support ticket.</summary>
    public string? Reference { get; }
}

/// <summary>The facts of one failed request, already free of secrets.</summary>
/// <param name="Operation">What was asked for.</param>
/// <param name="Status">The HTTP status, or null when there was no reply.</param>
/// <param name="Detail">What the server or the network said.</param>
/// <param name="Code">The server's error code.</param>
/// <param name="Reference">The server's reference for support.</param>
internal sealed record ApiFailure(
    string Operation, HttpStatusCode? Status, string? Detail, string? Code = null, string? Reference = null)
{
    public string Describe(string advice)
    {
        var status = Status is { } known ? $" (HTTP {(int)known}{(Code is null ? "" : $", {Code}")})" : "";
        var detail = string.IsNullOrWhiteSpace(Detail) ? "" : $": {Detail.Trim().TrimEnd('.')}";
        var reference = Reference is null ? "" : $" Reference {Reference}.";
        return $"GoTo: {Operation} failed{status}{detail}. {advice}{reference}";
    }
}
