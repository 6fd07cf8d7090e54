using System.Text.Json;
using System.Text.Json.Nodes;
using GoTo.Interop.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>livekit-client.html in a page of headless Chromium.</summary>
internal sealed class ChromiumPage : ISdkClient
{
    private readonly IPage _page;
    private readonly WebApplication _site;
    private readonly List<string> _console = [];
    private readonly ToldEvents _told;
    private readonly TaskCompletionSource _closed = new();

    private ChromiumPage(IPage page, WebApplication site)
    {
        (_page, _site) = (page, site);
        _told = new ToldEvents("the page", Console);
        page.Console += (_, message) => Keep(message.Text);
        page.PageError += (_, error) => Keep(error);
    }

    public static async Task<ChromiumPage> Open(ChromiumBrowser browser)
    {
        var site = await Serve();
        var page = await browser.NewPage();
        var client = new ChromiumPage(page, site);
        await page.ExposeFunctionAsync<string, JsonElement, bool>("told", (name, data) =>
        {
            client._told.Add(name, JsonNode.Parse(data.GetRawText()));
            return true;
        });
        await page.GotoAsync($"{site.Urls.Single()}/livekit-client.html");
        await page.WaitForFunctionAsync("() => window.client");
        return client;
    }

    public async Task<JsonNode?> Call(string method, object? args = null)
    {
        try
        {
            // Strings both ways: what the driver makes of objects is its own.
            var answer = await _page.EvaluateAsync<string>(
                "async ([method, args]) => JSON.stringify((await client[method](JSON.parse(args))) ?? null)",
                new[] { method, JsonSerializer.Serialize(args, JsonSerializerOptions.Web) }).WaitAsync(TimeSpan.FromSeconds(30));
            return JsonNode.Parse(answer);
        }
        catch (PlaywrightException e)
        {
            throw new NodeException(e.Message, "", null);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The page has not answered '{method}'.\n{_told}{Console()}");
        }
    }

    public Task<JsonNode?> Event(string name, Func<JsonNode, bool>? wanted = null) =>
        _told.Wait(name, wanted, _closed.Task);

    public IReadOnlyList<JsonNode?> Events(string name) => _told.Of(name);

    public async ValueTask DisposeAsync()
    {
        await _page.Context.DisposeAsync();
        await _site.DisposeAsync();
    }

    // A page that is served from memory may not speak to loopback.
    private static async Task<WebApplication> Serve()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.MapGet("/{**file}", (string file) => Results.File(
            Path.Combine(NodeScript.Folder, file),
            file.EndsWith(".html", StringComparison.Ordinal) ? "text/html" : "text/javascript"));
        await site.StartAsync();
        return site;
    }

    private string Console()
    {
        lock (_console) return string.Join('\n', _console.TakeLast(60));
    }

    private void Keep(string line)
    {
        lock (_console) _console.Add(line);
    }
}
