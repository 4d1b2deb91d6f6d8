using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>A variant's <c>config</c> as a configuration section that no reload can change under the caller.</summary>
internal static class VariantSection
{
    private const string Root = "config";

    public static IConfigurationSection Create(FlagVariant variant) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(variant.Config.Select(setting => new KeyValuePair<string, string?>(
                setting.Key.Length == 0 ? Root : ConfigurationPath.Combine(Root, setting.Key), setting.Value)))
            .Build()
            .GetSection(Root);
}
