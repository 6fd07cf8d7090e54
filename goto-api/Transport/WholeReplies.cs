using System.Net;

namespace GoTo.Api;

/// <summary>
/// The last step before the network: an attempt is over when its whole reply is there, so that a body that stalls or
/// breaks counts as the attempt's failure; and a 429 is told to the budget that the request was sent on.
/// </summary>
internal sealed class WholeReplies(TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var reply = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            await reply.Content.LoadIntoBufferAsync(ApiTransport.LargestReply, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            reply.Dispose();
            throw;
        }

        if (reply.StatusCode == HttpStatusCode.TooManyRequests
            && request.Options.TryGetValue(ApiRequest.BudgetKey, out var budgeted))
        {
            budgeted.Budget.Limited(budgeted.Demand.Category, Retries.RetryAfter(reply, time.GetUtcNow()));
        }

        return reply;
    }
}
