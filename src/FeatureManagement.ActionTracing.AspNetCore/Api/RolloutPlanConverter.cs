using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Writes the plan of a rollout as a <c>rolloutConfig</c>, without the fields that its type does not use: a plan that
/// is read can be sent to start another rollout.
/// </summary>
internal sealed class RolloutPlanConverter : JsonConverter<RolloutConfig>
{
    private static readonly string[] Phases = ["canary", "gradual", "majority"];

    public override void Write(Utf8JsonWriter writer, RolloutConfig value, JsonSerializerOptions options)
    {
        JsonObject plan = JsonSerializer.SerializeToNode(value, RolloutPlanJson.Default.RolloutConfig)!.AsObject();
        if (value.Type != RolloutType.Stepped)
            plan.Remove("checkpoints");
        if (value.Type != RolloutType.Custom)
            plan.Remove("schedule");
        else
            plan.Remove("duration"); // the schedule has the times
        if (plan["safetyThresholds"] is JsonObject thresholds)
            MovePhases(thresholds);
        plan.WriteTo(writer, options);
    }

    public override RolloutConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Plans are read by the rules of configuration.");

    private static void MovePhases(JsonObject thresholds)
    {
        var phases = new JsonObject();
        foreach (string phase in Phases)
            if (thresholds.Remove(phase, out JsonNode? limits))
                phases[phase] = limits;
        if (phases.Count > 0)
            thresholds["phases"] = phases;
    }
}
