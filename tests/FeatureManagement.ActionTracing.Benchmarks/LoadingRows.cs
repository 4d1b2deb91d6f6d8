using System.Globalization;
using System.Text;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>How long it takes until flags written as JSON are ready to be asked, and what is kept of them.</summary>
internal static class LoadingRows
{
    private const string Job = "loading";
    private const int Rounds = 15;

    public static IEnumerable<Row> Measure()
    {
        double small = 0;
        foreach (int count in (int[])[1_000, 10_000])
        {
            byte[] json = Encoding.UTF8.GetBytes(Json(count));
            string flags = count.ToString("N0", CultureInfo.InvariantCulture) + " flags: ";
            (double reading, double ready) = Times(json);
            yield return new Row(Job, flags + "reading the JSON into IConfiguration", reading / 1e6, "ms");
            yield return Row.Ratio(Job, flags + "from the JSON to ready / reading it", ready, reading, 2.5);
            if (small != 0)
                yield return Row.Ratio(Job, "that ratio at 10,000 / at 1,000", ready / reading, small, 1.3);
            small = ready / reading;
        }

        byte[] many = Encoding.UTF8.GetBytes(Json(10_000));
        long empty = Kept();
        IConfigurationRoot configuration = Read(many);
        long read = Kept();
        ServiceProvider services = Ready(configuration);
        long ready2 = Kept();
        yield return new Row(Job, "10,000 flags: IConfiguration keeps", (read - empty) / 1024d / 1024, "MB");
        yield return Row.Ratio(Job, "10,000 flags: what we keep / what IConfiguration keeps", ready2 - read, read - empty, 1);
        services.Dispose();
        GC.KeepAlive(configuration);
    }

    private static (double Reading, double Ready) Times(byte[] json)
    {
        var reading = new double[Rounds];
        var ready = new double[Rounds];
        for (int round = -8; round < Rounds; round++)
        {
            GC.Collect();
            double read = Measurement.Time(_ => Read(json), 1);
            GC.Collect();
            ServiceProvider? services = null;
            double all = Measurement.Time(_ => services = Ready(Read(json)), 1);
            services!.Dispose();
            if (round >= 0)
                (reading[round], ready[round]) = (read, all);
        }
        return (Measurement.Quantile(reading, 0.25), Measurement.Quantile(ready, 0.25));
    }

    private static IConfigurationRoot Read(byte[] json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(json)).Build();

    private static ServiceProvider Ready(IConfiguration configuration)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(configuration);
        services.AddFeatureManagement().WithActionTracing();
        ServiceProvider provider = services.BuildServiceProvider();
        if (!provider.GetRequiredService<SnapshotSource>().Current.TryFind("feature_number_00042", out _))
            throw new InvalidOperationException("The flags are not there.");
        return provider;
    }

    private static long Kept()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // Four kinds of flag in turn, as an application has them.
    private static string Json(int count)
    {
        var json = new StringBuilder("""{ "ActionTracing": { "featureFlags": {""");
        for (int i = 0; i < count; i++)
        {
            json.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"\"feature_number_{i:00000}\": ");
            json.Append((i % 4) switch
            {
                0 => """{ "type": "boolean", "state": "enabled", "description": "A page that is on" }""",
                1 => """{ "type": "percentage", "state": "rollout", "percentage": 12.5, "rolloutConfig": { "type": "linear", "duration": "1.00:00:00", "safetyThresholds": { "maxErrorRate": 0.05 } } }""",
                2 => """{ "type": "whitelist", "state": "canary", "whitelist": ["alice", "bob", "carol"], "environments": { "staging": { "state": "enabled" } } }""",
                _ => """{ "type": "multivariate", "state": "enabled", "variants": { "a": { "weight": 0.5, "config": { "size": 1 } }, "b": { "weight": 0.5, "config": { "size": 2 } } } }""",
            });
        }
        return json.Append("} } }").ToString();
    }
}
