using System.Runtime.CompilerServices;

namespace GoTo.Api;

/// <summary>
/// The lines and users of one account (specification sections 7.1 and 14.4). Every method may raise the errors of
/// <see cref="GoToApiException"/>.
/// </summary>
public sealed class LinesClient
{
    private const int MostPages = 1000;

    private readonly ApiTransport _transport;
    private readonly GoToAccountOptions _account;
    private readonly IAccessTokenSource _tokens;
    private readonly Dialect _dialect;

    internal LinesClient(ApiTransport transport, GoToAccountOptions account, IAccessTokenSource tokens)
    {
        _transport = transport;
        _account = account;
        _tokens = tokens;
        _dialect = Dialect.Of(account);
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
        var reply = await _transport.Send(
            _dialect.GetLine(_account, accountKey, lineId), _account, _tokens, cancellation);
        return _dialect.ReadLine(reply);
    }

    private async IAsyncEnumerable<T> Pages<T>(
        Func<string?, ApiRequest> request,
        Func<ApiReply, (IReadOnlyList<T> Items, string? NextPageMarker)> read,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? marker = null;
        for (var page = 0; page < MostPages; page++)
        {
            var (items, next) = read(await _transport.Send(request(marker), _account, _tokens, cancellation));
            foreach (var item in items)
                yield return item;
            if (next is null || next == marker)
                yield break;
            marker = next;
        }
    }
}
