using Microsoft.Playwright;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>One browser for all tests that need one; each test opens windows of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Needs.Chromium.Path))
            return;
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Needs.Chromium.Path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP shop.test 127.0.0.1"],
        });
    }

    /// <summary>Opens a window in which each tab may only say and ask what is right.</summary>
    public async Task<Window> OpenAsync(int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, IEnumerable<KeyValuePair<string, string>>? headers = null, bool bypassPolicy = false)
    {
        IBrowserContext context = await (_browser ?? throw new InvalidOperationException(Needs.Chromium.Install)).NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = "en-GB",
            ExtraHTTPHeaders = headers,
            BypassCSP = bypassPolicy,
        });
        return new Window(context);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
