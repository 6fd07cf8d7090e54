using System.Globalization;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Lines and users (specification sections 7.1 and 14.4), paged by <c>pageSize</c> and <c>pageMarker</c>.
/// </summary>
internal static class DirectoryEndpoints
{
    private const int LargestPage = 100;

    public static void MapDirectory(this IEndpointRouteBuilder routes, CloudState state)
    {
        var group = routes.MapGroup("/users/v1/accounts/{accountKey}");
        group.MapGet("/lines", (HttpContext context, string accountKey) =>
            context.Reply(Page(context, Account(context, accountKey).Lines.Select(ToJson))));
        group.MapGet("/lines/{lineId}", (HttpContext context, string accountKey, string lineId) =>
            context.Reply(ToJson(
                Account(context, accountKey).Lines.FirstOrDefault(line => line.Id == lineId)
                ?? throw CloudRefusal.NotFound("LINE_NOT_FOUND", "There is no such line."))));
        group.MapGet("/users", (HttpContext context, string accountKey) =>
        {
            var account = Account(context, accountKey, CloudScopes.Users);
            return context.Reply(Page(context,
            [
                new JsonObject
                {
                    ["userKey"] = $"9{account.Key}",
                    ["userName"] = account.Username,
                    ["lines"] = new JsonArray([.. account.Lines.Select(line => (JsonNode)ToJson(line))]),
                },
            ]));
        });

        CloudAccount Account(HttpContext context, string accountKey, string scope = CloudScopes.Lines)
        {
            var account = state.Tokens.Authorize(context, scope);
            return account.Key == accountKey
                ? account
                : throw new CloudRefusal(403, "UNAUTHORIZED", "The token is for another account.");
        }
    }

    public static JsonObject Page(HttpContext context, IEnumerable<JsonObject> items)
    {
        var size = Number(context, "pageSize") is { } asked and > 0 and <= LargestPage ? asked : LargestPage;
        var start = Number(context, "pageMarker") ?? 0;
        var rest = items.Skip(start).Take(size + 1).ToArray();
        var page = new JsonObject { ["items"] = new JsonArray([.. rest.Take(size).Select(item => (JsonNode)item)]) };
        if (rest.Length > size)
            page["nextPageMarker"] = (start + size).ToString(CultureInfo.InvariantCulture);
        return page;
    }

    private static int? Number(HttpContext context, string name)
    {
        var text = context.Request.Query[name].ToString();
        if (text.Length == 0)
            return null;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw CloudRefusal.BadRequest($"'{name}' must be a number.");
    }

    private static JsonObject ToJson(CloudLine line) => new()
    {
        ["lineId"] = line.Id,
        ["extension"] = line.Extension,
        ["displayName"] = line.DisplayName,
        ["type"] = "user",
        ["status"] = "active",
        ["phoneNumbers"] = new JsonArray([.. line.Numbers.Select(number => (JsonNode)new JsonObject
        {
            ["number"] = number,
            ["type"] = "direct",
        })]),
    };
}
