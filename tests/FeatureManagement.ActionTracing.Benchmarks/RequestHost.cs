using System.Diagnostics;
using System.Globalization;
using FeatureManagement.ActionTracing.Sample.Products;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>
/// The sample's list of products over real connections, with as much of action tracing as a row wants: a page that waits for nothing, so that what tracing costs shows.
/// </summary>
internal sealed class RequestHost : IAsyncDisposable
{
    /// <summary>What the page asks for.</summary>
    public const string Flag = "relevance_ranking";

    private const int Clients = 8;

    private readonly string _directory = Directory.CreateTempSubdirectory("action-tracing-").FullName;
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private RequestHost(bool traced, string[] enabled)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = _directory, EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([
            new($"ActionTracing:featureFlags:{Flag}:type", "percentage"),
            new($"ActionTracing:featureFlags:{Flag}:state", "rollout"),
            new($"ActionTracing:featureFlags:{Flag}:percentage", "50"),
            .. enabled.SelectMany(flag => (KeyValuePair<string, string?>[])[new($"ActionTracing:featureFlags:{flag}:type", "boolean"), new($"ActionTracing:featureFlags:{flag}:state", "enabled")]),
        ]);
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddControllers().AddApplicationPart(typeof(ProductsController).Assembly);
        builder.Services.AddSingleton<ProductCatalog>();
        builder.Services.AddFeatureManagement()
            .WithActionTracing(tracing => tracing.AddAspNetCore(web => web.AnonymousCookie = new AnonymousCookie { Name = "shop-visitor" }));
        _app = builder.Build();
        if (traced)
            _app.UseActionTracing();
        _app.MapControllers();
        _client = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = Clients });
    }

    public IServiceProvider Services => _app.Services;

    public static async Task<RequestHost> StartAsync(bool traced, params string[] enabled)
    {
        var host = new RequestHost(traced, enabled);
        await host._app.StartAsync();
        host._client.BaseAddress = new Uri(host._app.Urls.Single());
        return host;
    }

    /// <summary>Requests per second, as several clients make them one after the other.</summary>
    public async Task<double> RunAsync(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        int[] requests = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            int done = 0;
            for (; Stopwatch.GetElapsedTime(start) < duration; done++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/products");
                request.Headers.Add("Cookie", string.Create(CultureInfo.InvariantCulture, $"shop-visitor=shopper-{client * 100 + done % 100}"));
                using HttpResponseMessage response = await _client.SendAsync(request);
                response.EnsureSuccessStatusCode();
            }
            return done;
        })));
        return requests.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
