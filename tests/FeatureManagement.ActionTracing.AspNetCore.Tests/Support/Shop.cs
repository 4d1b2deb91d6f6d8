using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>A web application whose users say in a header who they are, with one flag of a percentage, which is watched.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Flag = "checkout_v2";

    private readonly WebApplication _app;
    private readonly OutcomeWatch _watch;
    private readonly Lazy<HttpClient> _client;
    private readonly Counter _ended;

    private Shop(WebApplication app, decimal percentage, Counter ended)
    {
        _app = app;
        _ended = ended;
        _client = new Lazy<HttpClient>(() => app.Services.GetRequiredService<IServer>() is TestServer server ? server.CreateClient() : new HttpClient { BaseAddress = Address });
        _watch = app.Services.GetRequiredService<OutcomeRecorder>().Watch(Flag, 1, percentage, TimeSpan.FromMinutes(5));
    }

    public static async Task<Shop> StartAsync(int percentage, Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? outside = null, bool kestrel = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"ActionTracing:featureFlags:{Flag}:type"] = "percentage",
            [$"ActionTracing:featureFlags:{Flag}:state"] = "rollout",
            [$"ActionTracing:featureFlags:{Flag}:percentage"] = $"{percentage}",
            ["ActionTracing:featureFlags:action_tracing_enabled:type"] = "boolean",
            ["ActionTracing:featureFlags:action_tracing_enabled:state"] = "disabled",
        });
        builder.Logging.ClearProviders();
        if (kestrel)
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.UseTestServer();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<ITargetingContextAccessor, HeaderUser>();
        builder.Services.AddScopedFeatureManagement().WithActionTracing();
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        var ended = new Counter();
        app.Use(ended.CountAsync);
        outside?.Invoke(app);
        app.UseActionTracing();
        map(app);
        await app.StartAsync();
        return new Shop(app, percentage, ended);
    }

    public TestServer Server => _app.GetTestServer();

    /// <summary>Where Kestrel listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    public OutcomeCounts Counts => _watch.Read();

    public IMeterFactory Meters => Get<IMeterFactory>();

    /// <summary>How many requests are over, with any response.</summary>
    public int Ended => _ended.Value;

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public void SetSlowThreshold(TimeSpan threshold) => _watch.SetSlowThreshold(threshold);

    public void Set(string setting, string? value)
    {
        var configuration = (IConfigurationRoot)_app.Configuration;
        configuration[setting] = value;
        configuration.Reload();
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string user = "alice", string accept = "*/*", bool headersOnly = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-User", user);
        request.Headers.Add("Accept", accept);
        return await _client.Value.SendAsync(request, headersOnly ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);
    }

    /// <summary>Whether the flag is on for the user of the request.</summary>
    public static Task<bool> IsOn(HttpContext context) => context.RequestServices.GetRequiredService<IFeatureManager>().IsEnabledAsync(Flag);

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        if (_client.IsValueCreated)
            _client.Value.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class Counter
    {
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public async Task CountAsync(HttpContext context, RequestDelegate next)
        {
            try
            {
                await next(context);
            }
            finally
            {
                Interlocked.Increment(ref _value);
            }
        }
    }
}
