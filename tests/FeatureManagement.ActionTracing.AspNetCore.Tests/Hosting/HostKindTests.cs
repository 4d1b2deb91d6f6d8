using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Hosting;

/// <summary>Hosts that start or end otherwise than <c>WebApplication</c> does, over a real store.</summary>
public sealed class HostKindTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

#pragma warning disable ASPDEPR004, ASPDEPR008 // The hosts that applications have are what is tested.
    [Fact]
    public async Task TestServerOfAWebHostBuilder_FirstRequest_KnowsStoredKills()
    {
        await KillAsync();
        using var server = new TestServer(new WebHostBuilder().ConfigureServices(Add).Configure(Answer));
        using HttpClient client = server.CreateClient();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => client.GetStringAsync(new Uri("/", UriKind.Relative))));
        Assert.Equal(["False"], answers.Distinct());
    }

    [Fact]
    public async Task WebHostOverKestrel_FirstRequest_KnowsStoredKills()
    {
        await KillAsync();
        using IWebHost host = new WebHostBuilder().UseKestrel().UseUrls("http://127.0.0.1:0").ConfigureServices(Add).Configure(Answer).Build();
        await host.StartAsync();
        string address = host.ServerFeatures.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal("False", await client.GetStringAsync(new Uri("/", UriKind.Relative)));
        await host.StopAsync();
    }
#pragma warning restore ASPDEPR004, ASPDEPR008

    [Fact]
    public async Task WebApplicationFactories_Disposed_LogNothing()
    {
        for (int i = 0; i < 40; i++)
        {
            var logs = new FakeLogCollector();
            await using (var factory = new Factory(_directory.File("store.db"), logs))
            {
                using HttpClient client = factory.CreateClient();
                Assert.Equal("True", await client.GetStringAsync(new Uri("/", UriKind.Relative)));
                using HttpResponseMessage changed = await client.PostAsJsonAsync(new Uri("/change", UriKind.Relative), i);
                changed.EnsureSuccessStatusCode();
            }
            string[] said = [.. logs.GetSnapshot()
                .Where(record => record.Level > LogLevel.Information && record.Category!.StartsWith("FeatureManagement.", StringComparison.Ordinal))
                .Select(record => $"{record.Id.Id}: {record.Message} {record.Exception}")];
            Assert.True(said.Length == 0, string.Join('\n', said));
        }
    }

    private async Task KillAsync()
    {
        var services = new ServiceCollection();
        Add(services, _directory.File("store.db"), web: false);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.True((await provider.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("a", new FlagChange("ann", "because"))).IsStored);
    }

    private void Add(IServiceCollection services) => Add(services, _directory.File("store.db"));

    private static void Add(IServiceCollection services, string database, bool web = true)
    {
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:a:type"] = "boolean",
            ["ActionTracing:featureFlags:a:state"] = "enabled",
            ["ActionTracing:featureFlagSettings:defaultTimeout"] = "00:00:30",
            ["ActionTracing:featureFlagSettings:storePollInterval"] = "20",
        }).Build());
        services.AddLogging();
        services.AddFeatureManagement().WithActionTracing(tracing =>
        {
            tracing.UseSqlite(database);
            if (web)
                tracing.AddAspNetCore();
        });
    }

    private static void Answer(IApplicationBuilder app) => app.Run(async context =>
    {
        bool on = await context.RequestServices.GetRequiredService<IFeatureManager>().IsEnabledAsync("a");
        await context.Response.WriteAsync($"{on}");
    });

    private sealed class Factory(string database, FakeLogCollector logs) : WebApplicationFactory<HostKindTests>
    {
        protected override IHostBuilder CreateHostBuilder() => Host.CreateDefaultBuilder()
            .ConfigureWebHostDefaults(web => web.UseTestServer().Configure(app =>
            {
                app.Map("/change", change => change.Run(async context => await context.RequestServices.GetRequiredService<IFeatureFlagManager>()
                    .UpdateFlagAsync("a", new FlagUpdate { Whitelist = [Guid.NewGuid().ToString()] }, new FlagChange("ann", "because"))));
                Answer(app);
            }))
            .ConfigureServices(services => Add(services, database))
            .ConfigureLogging(logging => logging.ClearProviders().AddProvider(new FakeLoggerProvider(logs)));

        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseContentRoot(AppContext.BaseDirectory);
    }
}
