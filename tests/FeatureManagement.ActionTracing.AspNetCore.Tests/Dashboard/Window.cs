using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>A window of the browser. Closing it fails when a page in it said an error, broke its own content policy or asked another host.</summary>
public sealed class Window(IBrowserContext context) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _wrong = new();

    /// <summary>Set where the host goes away or refuses, which a browser reports as an error.</summary>
    public bool ExpectsFailures { get; set; }

    public async Task<IPage> OpenAsync(Uri address)
    {
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _wrong.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _wrong.Enqueue(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != address.Authority)
                _wrong.Enqueue("asks " + request.Url);
        };
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        if (!ExpectsFailures)
            Assert.Empty(_wrong);
    }
}
