using Microsoft.Playwright;

namespace GoTo.Interop.Tests;

/// <summary>
/// The system's Chromium, headless, for all tests. Without it they fail, for then nothing was proven.
/// </summary>
public sealed class ChromiumBrowser : IAsyncDisposable
{
    private const string PathVariable = "CHROMIUM_PATH";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A new page in a context of its own, which may use the (fake) microphone or not.</summary>
    internal async Task<IPage> NewPage(bool microphone = true)
    {
        var browser = await Launch();
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions { Permissions = microphone ? ["microphone"] : [] });
        return await context.NewPageAsync();
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
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no Chromium at {path}. Install it (Debian: apt-get install chromium), or set {PathVariable}.", path);
        }
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
