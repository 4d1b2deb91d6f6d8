using System.Text;
using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads a <c>rolloutConfig</c> from a body, by the rules of configuration.</summary>
internal static class RolloutPlan
{
    private const string Reason = "reason";

    /// <summary>The reason of the caller; null where there is none.</summary>
    public static string? ReasonOf(JsonObject body)
    {
        if (body[Reason] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0)
            return text;
        return null;
    }

    /// <summary>
    /// The plan and all its errors. The plan is null where the body has none: the flag's own plan applies.
    /// </summary>
    public static (RolloutConfig? Plan, IReadOnlyList<string> Errors) Read(string flag, JsonObject body)
    {
        var plan = (JsonObject)body.DeepClone();
        plan.Remove(Reason);
        if (plan.Count == 0)
            return (null, []);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Section(flag, plan).ToJsonString()));
        string environment = Environments.Production; // a body has no environments
        var reading = CatalogReading.Read(
            SettingReader.Read(new ConfigurationBuilder().AddJsonStream(stream).Build()),
            environment,
            BuiltInFlags.In(environment));
        return (
            reading.Catalog.Flags.GetValueOrDefault(flag)?.RolloutConfig,
            [.. reading.Faults.Select(fault => fault.Message)]);
    }

    private static JsonObject Section(string flag, JsonObject plan)
    {
        var definition = new JsonObject { ["type"] = "percentage", ["state"] = "rollout", ["rolloutConfig"] = plan };
        var flags = new JsonObject { ["featureFlags"] = new JsonObject { [flag] = definition } };
        return new JsonObject { [SettingReader.SectionName] = flags };
    }
}
