using System.Globalization;
using FeatureManagement.ActionTracing;
using FeatureManagement.ActionTracing.CrashHost;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.FeatureManagement;

// A process of its own for tests that kill it, that need several, or that need another user: <mode> <file> <argument>.
if (Environment.GetEnvironmentVariable("NO_JSON_REFLECTION") is not null)
    AppContext.SetSwitch("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault", false);
if (args[0] == "lock")
{
    Work.Lock(args[1]);
    return;
}
HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
builder.Configuration.AddInMemoryCollection(Enumerable.Range(0, Work.Flags).SelectMany(i => new Dictionary<string, string?>
{
    [$"ActionTracing:featureFlags:f{i}:type"] = "boolean",
    [$"ActionTracing:featureFlags:f{i}:state"] = "enabled",
}));
// The machine that runs the tests may be slow.
builder.Configuration.AddInMemoryCollection([new("ActionTracing:featureFlagSettings:defaultTimeout", "00:01:00")]);
if (args[0] == "rollout" && args[2].Split('|') is [var duration, var badAfter])
{
    builder.Configuration.AddInMemoryCollection(RolloutWork.Settings(int.Parse(duration, CultureInfo.InvariantCulture)));
    builder.Services.AddSingleton<IRolloutMetricsSource>(new RolloutWork.Source(int.Parse(badAfter, CultureInfo.InvariantCulture)));
}
builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(args[1]));
using IHost host = builder.Build();
await host.StartAsync();
var manager = host.Services.GetRequiredService<IFeatureFlagManager>();
switch (args[0])
{
    case "change":
        await Work.ChangeAsync(manager, args[2]);
        break;
    case "count":
        await Work.CountAsync(manager, args[2]);
        break;
    case "watch":
        await Work.WatchAsync(manager, args[2]);
        break;
    case "kill":
        await Work.KillAsync(manager, args[2]);
        break;
    case "operate":
        await Work.OperateAsync(manager, host.Services.GetRequiredService<IActionTracingStoreStatus>());
        break;
    case "rollout":
        await RolloutWork.RunAsync(manager);
        break;
    default:
        throw new ArgumentException($"There is no mode '{args[0]}'.");
}
await host.StopAsync();
