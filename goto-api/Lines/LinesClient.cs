using System.Runtime.CompilerServices;

namespace GoTo.Api;

/// <summary>
/// The lines and users of one account (specification sections 7.1 and 14.4). Every method may raise the errors of
/// <see cref="GoToApiException"/>.
/// </summary>
public sealed class LinesClient
{
    private const int MostPages = 1000;

    private readonly ApiSession _session;
    private readonly GoToAccountOptions _account;
    private readonly Dialect _dialect;

    internal LinesClient(ApiSession session)
    {
        _session = session;
        _account = session.Account;
        _dialect = session.Dialect;
    }

    /// <summary>
    /// All lines, page by page. Stops when the server gives no page marker, or gives the same one twice.
    /// </summary>
    /// <param name="accountKey">
    /// The account, from <see cref="GoToAccountOptions.AccountKey"/> or <see cref="TokenState.AccountKey"/>.
    /// </param>
    /// <param name="cancellation">Gives up waiting.</param>
    public IAsyncEnumerable<Line> List(string accountKey, CancellationToken cancellation = default) =>
        Pages(marker => _dialect.ListLines(_account, accountKey, marker), _dialect.ReadLines, cancellation);

    /// <summary>All users, page by page, as <see cref="List"/>.</summary>
    /// <param name="accountKey">The account.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public IAsyncEnumerable<User> ListUsers(string accountKey, CancellationToken cancellation = default) =>
        Pages(marker => _dialect.ListUsers(_account, accountKey, marker), _dialect.ReadUsers, cancellation);

    /// <summary>One line.</summary>
    /// <exception cref="GoToNotFoundException">There is no such line.</exception>
    public async Task<Line> Get(string accountKey, string lineId, CancellationToken cancellation = default)
    {
        if (_dialect.GetLine(_account, accountKey, lineId) is { } request)
            return _dialect.ReadLine(await Send(request, cancellation));
        await foreach (var line in List(accountKey, cancellation))
        {
            if (line.Id == lineId)
                return line;
        }

        throw new GoToNotFoundException(new ApiFailure("get line", null, "the account's list has no such line"));
    }

    private Task<ApiReply> Send(ApiRequest request, CancellationToken cancellation) =>
        _session.Send(request, BudgetCategory.Directory, RequestPriority.Read, cancellation);

    private async IAsyncEnumerable<T> Pages<T>(
        Func<string?, ApiRequest> request,
        Func<ApiReply, (IReadOnlyList<T> Items, string? NextPageMarker)> read,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? marker = null;
        for (var page = 0; page < MostPages; page++)
        {
            var (items, next) = read(await Send(request(marker), cancellation));
            foreach (var item in items)
                yield return item;
            if (next is null || next == marker)
                yield break;
            marker = next;
        }
    }
}
