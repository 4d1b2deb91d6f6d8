using System.Text;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>Configuration from JSON texts, later ones over earlier ones, as from several files.</summary>
internal static class Layers
{
    public static IConfigurationRoot Of(params string[] layers)
    {
        var builder = new ConfigurationBuilder();
        foreach (string layer in layers)
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(layer)));
        return builder.Build();
    }

    /// <summary>The whole file for some flags.</summary>
    public static string Flags(string flags) => $$"""{ "ActionTracing": { "featureFlags": { {{flags}} } } }""";

    /// <summary>A flag that is on, with further fields.</summary>
    public static string Flag(string name, string fields = "") =>
        $$"""{{System.Text.Json.JsonSerializer.Serialize(name)}}: { "type": "boolean", "state": "enabled"{{(fields.Length == 0 ? "" : ", " + fields)}} }""";

    public static IReadOnlyList<string> Errors(params string[] layers) => FeatureFlagConfigurationValidator.Validate(Of(layers), "Production").Errors;

    public static CatalogReading Read(string environment, params string[] layers) => CatalogReading.Read(SettingReader.Read(Of(layers)), environment, BuiltInFlags.In(environment));

    /// <summary>A flag as it is read, all being well.</summary>
    public static FlagDefinition Definition(string flag, string environment, params string[] layers)
    {
        CatalogReading reading = Read(environment, layers);
        Assert.Empty(reading.Faults);
        return reading.Catalog.Flags[flag];
    }
}
