using System.Runtime.CompilerServices;

namespace GoTo.Api;

/// <summary>
/// The lines of one account (specification section 7.1). Every method may raise the errors of
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
    public async IAsyncEnumerable<Line> List(
        string accountKey, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? marker = null;
        for (var page = 0; page < MostPages; page++)
        {
            var request = _dialect.ListLines(_account, accountKey, marker);
            var (lines, next) = _dialect.ReadLines(await _transport.Send(request, _account, _tokens, cancellation));
            foreach (var line in lines)
                yield return line;
            if (next is null || next == marker)
                yield break;
            marker = next;
        }
    }

    /// <summary>One line.</summary>
    /// <exception cref="GoToNotFoundException">There is no such line.</exception>
    public async Task<Line> Get(string accountKey, string lineId, CancellationToken cancellation = default)
    {
        var reply = await _transport.Send(
            _dialect.GetLine(_account, accountKey, lineId), _account, _tokens, cancellation);
        return _dialect.ReadLine(reply);
    }
}
