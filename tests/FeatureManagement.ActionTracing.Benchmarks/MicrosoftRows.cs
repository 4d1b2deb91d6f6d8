using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What we cost Microsoft.FeatureManagement's own features, and what our flags cost where Microsoft.FeatureManagement evaluates them.</summary>
internal static class MicrosoftRows
{
    public static IEnumerable<Row> Measure() => [.. Theirs(World.On), .. Theirs(World.Listed), .. Ours(World.On), .. Ours(World.Half), .. Ours(World.Child)];

    private static IEnumerable<Row> Theirs(string name)
    {
        string feature = "theirs_" + name;
        string job = $"Microsoft.FeatureManagement's own flags, {(name == World.On ? "on" : "targeted")}";
        var features = new MicrosoftFeatures(1_000, "theirs_");
        var with = World.WithUs(World.Flags(1_000), features).GetRequiredService<IVariantFeatureManager>();
        var without = World.WithoutUs(features).GetRequiredService<IVariantFeatureManager>();
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(without.IsEnabledAsync(feature, World.MicrosoftUsers[i & 1_023], default).Result); },
            n => { for (int i = 0; i < n; i++) Sink.Take(with.IsEnabledAsync(feature, World.MicrosoftUsers[i & 1_023], default).Result); });
        yield return Row.Ratio(job, "with us / without us", costs[1].Nanoseconds, costs[0].Nanoseconds, 1.2);
        yield return new Row(job, "bytes more with us", costs[1].Bytes - costs[0].Bytes, "bytes", 0);
    }

    // Each takes one filter under Microsoft.FeatureManagement's unmodified manager, beside a filter that costs nothing.
    private static IEnumerable<Row> Ours(string flag)
    {
        var ours = World.WithUs(World.Flags(1_000)).GetRequiredService<FeatureManager>();
        var cached = World.WithoutUs(new MicrosoftFeatures(1_000)).GetRequiredService<FeatureManager>();
        cached.FeatureFilters = [.. cached.FeatureFilters, new MicrosoftFeatures.CachedFilter()];
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(cached.IsEnabledAsync(World.Child, World.MicrosoftUsers[i & 1_023], default).Result); },
            n => { for (int i = 0; i < n; i++) Sink.Take(ours.IsEnabledAsync(flag, World.MicrosoftUsers[i & 1_023], default).Result); });
        string job = flag == World.On ? "on" : flag == World.Half ? "rollout 50 %" : "with a parent";
        yield return Row.Ratio("our flags through its FeatureManager", job + " / one cached filter", costs[1].Nanoseconds, costs[0].Nanoseconds, 1.25);
    }
}
