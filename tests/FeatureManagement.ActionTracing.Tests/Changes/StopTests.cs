using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>However a host ends, its end is no fault: nothing worse than information is logged.</summary>
public sealed class StopTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("stop, dispose")]
    [InlineData("stop, stop, dispose")]
    [InlineData("dispose")]
    [InlineData("dispose, stop")]
    [InlineData("stop, dispose, stop")]
    [InlineData("poll, dispose, stop")]
    [InlineData("poll, stop, dispose, stop")]
    public async Task Host_HoweverItEnds_IsSilent(string end)
    {
        for (int round = 0; round < 5; round++)
        {
            IHost host = Build();
            await host.StartAsync();
            await host.Services.GetRequiredService<IFeatureFlagManager>().UpdateFlagAsync("a", new FlagUpdate { Percentage = round + 1 }, new FlagChange("ann", "because"));
            var synchronizer = host.Services.GetRequiredService<StoreSynchronizer>();
            var logs = host.Services.GetFakeLogCollector();
            var polls = new List<Task>();
            foreach (string step in end.Split(", "))
                switch (step)
                {
                    case "poll":
                        polls.AddRange(Enumerable.Range(0, 10).Select(_ => Task.Run(() => synchronizer.SyncAsync(default))));
                        break;
                    case "stop":
                        await host.StopAsync();
                        break;
                    default:
                        host.Dispose();
                        break;
                }
            await Task.WhenAll(polls.Select(poll => poll.ContinueWith(_ => { }, TaskScheduler.Default))); // a call that comes too late may fail
            string[] said = [.. logs.GetSnapshot().Where(record => record.Level > LogLevel.Information && record.Category!.StartsWith("FeatureManagement.", StringComparison.Ordinal)).Select(record => $"{record.Id.Id}: {record.Message} {record.Exception}")];
            Assert.True(said.Length == 0, string.Join('\n', said));
        }
    }

    private IHost Build()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:a:type"] = "percentage",
            ["ActionTracing:featureFlags:a:state"] = "rollout",
            ["ActionTracing:featureFlagSettings:defaultTimeout"] = "00:00:30",
            ["ActionTracing:featureFlagSettings:storePollInterval"] = "1",
        });
        builder.Logging.AddFakeLogging();
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(_directory.File("store.db")));
        return builder.Build();
    }
}
