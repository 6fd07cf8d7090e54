using GoTo.Interop.Tests;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(ChromiumBrowser))]

namespace GoTo.Interop.Tests;

/// <summary>
/// The system's Chromium, headless, for all tests. Without it they fail, for then nothing was proven.
/// </summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private const string PathVariable = "CHROMIUM_PATH";
    private const string Address = "http://127.0.0.1/peer"; // a secure context; the page is served from memory

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A new page with the functions of chromium-peer.html.</summary>
    internal async Task<ChromiumPeer> NewPeer(bool microphone = true)
    {
        var browser = await Launch();
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions { Permissions = microphone ? ["microphone"] : [] });
        var page = await context.NewPageAsync();
        var html = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "chromium-peer.html"));
        await page.RouteAsync(
            Address, route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = html }));
        await page.GotoAsync(Address);
        return new ChromiumPeer(page, microphone);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private async Task<IBrowser> Launch()
    {
        if (_browser is not null) return _browser;
        var path = Environment.GetEnvironmentVariable(PathVariable) ?? "/usr/bin/chromium";
        Assert.True(
            File.Exists(path),
            $"There is no Chromium at {path}. Install it (Debian: apt-get install chromium), or set {PathVariable}.");
        _playwright = await Playwright.CreateAsync();
        return _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            ChromiumSandbox = false,
            Args =
            [
                "--allow-loopback-in-peer-connection",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        });
    }
}
