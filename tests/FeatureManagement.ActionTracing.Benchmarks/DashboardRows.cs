using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using Microsoft.Playwright;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What the dashboard takes at 1,000 flags and 10,000 audit entries: to be seen in a browser, and from a host that 50 tabs listen to.</summary>
internal static class DashboardRows
{
    private const string Job = "dashboard, 1,000 flags, 10,000 audit entries";
    private const string Chromium = "/usr/bin/chromium";
    private const int Flags = 1_000;
    private const int ManyFlags = 10_000;
    private const int Entries = 10_000;
    private const int Tabs = 50;
    private const int Times = 5;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    public static IEnumerable<Row> Measure() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        await using WebApplication app = await StartAsync(Flags);
        var address = new Uri(app.Urls.First() + "/action-tracing/");
        IFeatureFlagManager flags = app.Services.GetRequiredService<IFeatureFlagManager>();
        for (int i = 0; i < Entries; i++)
            await flags.UpdateFlagAsync($"feature_number_{i % Flags:00000}", new FlagUpdate { Percentage = i % 100 }, new FlagChange("benchmark", $"change {i}"));
        return [.. await ManyAsync(), .. await AnswersAsync(address), .. await ListenersAsync(address, flags), .. File.Exists(Chromium) ? await PaintAsync(address) : []];
    }

    private static async Task<WebApplication> StartAsync(int count)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(Enumerable.Range(0, count).SelectMany(i => new KeyValuePair<string, string?>[]
        {
            new($"ActionTracing:featureFlags:feature_number_{i:00000}:type", "percentage"),
            new($"ActionTracing:featureFlags:feature_number_{i:00000}:state", "rollout"),
            new($"ActionTracing:featureFlags:feature_number_{i:00000}:description", "One of many features of a large application"),
            new($"ActionTracing:featureFlags:feature_number_{i:00000}:parent", i % 10 == 0 ? null : $"feature_number_{i / 10 * 10:00000}"),
        }));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.AddAspNetCore());
        WebApplication app = builder.Build();
        app.MapActionTracing("/action-tracing");
        await app.StartAsync();
        return app;
    }

    // The list is asked for again and again: by each page that opens or reconnects.
    private static async Task<IReadOnlyList<Row>> ManyAsync()
    {
        const string Many = "dashboard, 10,000 flags";
        await using WebApplication app = await StartAsync(ManyFlags);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/action-tracing/") };
        var list = new Uri("api/flags", UriKind.Relative);
        var full = new List<double>();
        var same = new List<double>();
        int bytes = 0;
        for (int i = 0; i < 20; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await client.GetAsync(list);
            bytes = (await answer.Content.ReadAsByteArrayAsync()).Length;
            full.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            using var again = new HttpRequestMessage(HttpMethod.Get, list);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            start = Stopwatch.GetTimestamp();
            using HttpResponseMessage unchanged = await client.SendAsync(again);
            same.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (unchanged.StatusCode != HttpStatusCode.NotModified)
                throw new InvalidOperationException($"The list was sent again: {unchanged.StatusCode}.");
        }
        return
        [
            new Row(Many, "GET api/flags", Measurement.Median(full), "ms", 30),
            new Row(Many, "GET api/flags, unchanged (304)", Measurement.Median(same), "ms", 30),
            new Row(Many, "GET api/flags, JSON of a flag", bytes / 1024d / ManyFlags, "KB", 0.5),
        ];
    }

    private static async Task<IReadOnlyList<Row>> AnswersAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        var rows = new List<Row>();
        foreach (string call in (string[])["api/flags", "api/audit?take=50"])
        {
            int bytes = 0;
            var times = new List<double>();
            for (int i = 0; i < 20; i++)
            {
                long start = Stopwatch.GetTimestamp();
                bytes = (await client.GetByteArrayAsync(new Uri(call, UriKind.Relative))).Length;
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            rows.Add(new Row(Job, $"GET {call}", Measurement.Median(times), "ms"));
            rows.Add(new Row(Job, $"GET {call}, JSON", bytes / 1024d, "KB"));
        }
        return rows;
    }

    // Plain sockets, so that what is measured is the host's and not a client's.
    private static async Task<IReadOnlyList<Row>> ListenersAsync(Uri address, IFeatureFlagManager flags)
    {
        await BusyAsync(null); // what the changes before have left to do
        double idle = await BusyAsync(null);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var tabs = new List<TcpClient>();
        for (int i = 0; i < Tabs; i++)
            tabs.Add(await ListenAsync(address));
        double kept = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Tabs;
        double listening = await BusyAsync(null);
        double changing = await BusyAsync(i => flags.UpdateFlagAsync("feature_number_00001", new FlagUpdate { Percentage = i % 100 }, new FlagChange("benchmark", "a change")));
        foreach (TcpClient tab in tabs)
            tab.Dispose();
        return
        [
            new Row(Job, $"memory of each of {Tabs} tabs", kept / 1024, "KB"),
            new Row(Job, "processor, no listener", idle, "% of one"),
            new Row(Job, $"processor, {Tabs} tabs listen", listening, "% of one"),
            new Row(Job, $"processor, {Tabs} tabs and 5 changes a second", changing, "% of one"),
        ];
    }

    private static async Task<TcpClient> ListenAsync(Uri address)
    {
        var tab = new TcpClient();
        await tab.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = tab.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {address.AbsolutePath}api/events HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: text/event-stream\r\n\r\n"));
        byte[] answer = new byte[4_096];
        var received = new StringBuilder();
        while (!received.ToString().Contains("hello", StringComparison.Ordinal) && await stream.ReadAsync(answer) is var count and > 0)
            received.Append(Encoding.ASCII.GetString(answer, 0, count));
        return tab;
    }

    private static async Task<double> BusyAsync(Func<int, Task>? change)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(start) < Watched; i++)
        {
            if (change is not null)
                await change(i);
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
        process.Refresh();
        return 100 * (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(start);
    }

    private static async Task<IReadOnlyList<Row>> PaintAsync(Uri address)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        IPage page = await browser.NewPageAsync();
        var paints = new Dictionary<string, List<double>> { ["#/"] = [], ["#/audit"] = [] };
        var frames = new List<double>();
        for (int i = 0; i < Times; i++)
            foreach ((string view, List<double> times) in paints)
            {
                await page.GotoAsync("about:blank");
                await page.GotoAsync(new Uri(address, view).ToString());
                await (view == "#/" ? page.Locator(".tree .row").Nth(Flags) : page.Locator(".audit tbody tr").Nth(49)).WaitForAsync(new() { State = WaitForSelectorState.Attached });
                times.Add(await page.EvaluateAsync<double>("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(performance.now()))))"));
                if (view == "#/")
                    frames.Add(await page.EvaluateAsync<double>(
                        "(async () => { let worst = 0, last = performance.now(); for (let i = 0; i < 60; i++) { scrollBy(0, 600); await new Promise(requestAnimationFrame); const now = performance.now(); worst = Math.max(worst, now - last); last = now; } return worst; })()"));
            }
        return
        [
            new Row(Job, "flags, from navigation to painted", Measurement.Median(paints["#/"]), "ms", 1_000),
            new Row(Job, "audit, from navigation to painted", Measurement.Median(paints["#/audit"]), "ms", 1_000),
            new Row(Job, "scrolling through all flags, longest frame", Measurement.Median(frames), "ms"),
        ];
    }
}
