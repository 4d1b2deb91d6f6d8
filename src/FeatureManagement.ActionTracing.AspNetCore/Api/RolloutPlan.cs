using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>A <c>rolloutConfig</c> that comes with a call, read by the rules of configuration.</summary>
internal static class RolloutPlan
{
    private const string Reason = "reason";

    /// <summary>Why, in the caller's words; null where it did not say.</summary>
    public static string? ReasonOf(JsonObject body) => body[Reason] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    /// <summary>How; null for the flag's own plan. All that is wrong with it, a sentence each.</summary>
    public static (RolloutConfig? Plan, IReadOnlyList<string> Errors) Read(string flag, JsonObject body)
    {
        var plan = (JsonObject)body.DeepClone();
        plan.Remove(Reason);
        if (plan.Count == 0)
            return (null, []);
        var section = new JsonObject
        {
            [SettingReader.SectionName] = new JsonObject
            {
                ["featureFlags"] = new JsonObject { [flag] = new JsonObject { ["type"] = "percentage", ["state"] = "rollout", ["rolloutConfig"] = plan } },
            },
        };
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(section.ToJsonString()));
        string environment = Microsoft.Extensions.Hosting.Environments.Production; // there are no overlays in a call
        var reading = CatalogReading.Read(SettingReader.Read(new ConfigurationBuilder().AddJsonStream(stream).Build()), environment, BuiltInFlags.In(environment));
        return (reading.Catalog.Flags.GetValueOrDefault(flag)?.RolloutConfig, [.. reading.Faults.Select(fault => fault.Message)]);
    }
}
