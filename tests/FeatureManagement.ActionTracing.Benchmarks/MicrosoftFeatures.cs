using System.Collections.Frozen;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>The peer: Microsoft.FeatureManagement itself, with every definition made beforehand and every filter's settings bound.</summary>
internal sealed class MicrosoftFeatures : IFeatureDefinitionProvider
{
    private readonly FrozenDictionary<string, Task<FeatureDefinition>> _features;

    public MicrosoftFeatures(int count, string? prefix = null)
    {
        var features = Enumerable.Range(0, count - 5).Select(i => Filtered($"feature_number_{i:00000}", "Microsoft.Targeting", Targeting(i % 100))).ToList();
        features.Add(Filtered(World.On, "AlwaysOn", null));
        features.Add(Filtered(World.Half, "Microsoft.Targeting", Targeting(50)));
        features.Add(Filtered(World.Listed, "Microsoft.Targeting", Targeting(0, [.. World.AllowList])));
        features.Add(Filtered(World.Child, "Contoso.CachedFilter", new object()));
        FeatureDefinition variants = Filtered(World.Variants, "AlwaysOn", null);
        variants.Variants = [new() { Name = "detailed" }, new() { Name = "minimal" }, new() { Name = "standard" }];
        variants.Allocation = new Allocation
        {
            Seed = "allocation\n" + World.Variants,
            Percentile = [new() { Variant = "detailed", From = 0, To = 20 }, new() { Variant = "minimal", From = 20, To = 60 }, new() { Variant = "standard", From = 60, To = 100 }],
        };
        // Microsoft.FeatureManagement asks whether a variant's configuration exists.
        foreach (VariantDefinition variant in variants.Variants)
            variant.ConfigurationValue = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build().GetSection("none");
        features.Add(variants);
        foreach (FeatureDefinition feature in features)
            feature.Name = prefix + feature.Name;
        _features = features.ToFrozenDictionary(feature => feature.Name, Task.FromResult);
    }

    public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) =>
        _features.TryGetValue(featureName, out Task<FeatureDefinition>? feature) ? feature : Task.FromResult<FeatureDefinition>(null!);

    public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
    {
        foreach (Task<FeatureDefinition> feature in _features.Values)
            yield return await feature;
    }

    private static FeatureDefinition Filtered(string name, string filter, object? settings) =>
        new() { Name = name, EnabledFor = [new FeatureFilterConfiguration { Name = filter, ParametersObject = settings }] };

    private static TargetingFilterSettings Targeting(double percentage, List<string>? users = null) =>
        new() { Audience = new Audience { DefaultRolloutPercentage = percentage, Users = users } };

    /// <summary>A filter that costs nothing but its call.</summary>
    [FilterAlias("Contoso.CachedFilter")]
    public sealed class CachedFilter : IContextualFeatureFilter<object>
    {
        private static readonly Task<bool> On = Task.FromResult(true);

        public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext featureFilterContext, object appContext) => On;
    }
}
