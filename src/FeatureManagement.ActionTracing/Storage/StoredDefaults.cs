using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Fills in what a document of an earlier release does not say: source-generated serialization gives a member that is
/// missing the zero of its type, and not what the type begins with.
/// </summary>
internal sealed class StoredDefaults(JsonSerializerOptions options)
{
    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    // What is required is never filled in.
    private readonly Dictionary<Type, Lazy<JsonObject>> _defaults = new()
    {
        [typeof(RolloutRecord)] = Of(options, new RolloutRecord
        {
            Id = "",
            Plan = new RolloutConfig(),
            Start = 0,
            Percentage = 0,
            Baseline = new Baseline(FlagType.Boolean, FlagState.Disabled, 0, null, null),
            Phase = RolloutPhase.Planned,
            StartedAt = default,
            Actor = "",
            Reason = "",
        }),
        [typeof(RolloutConfig)] = Of(options, new RolloutConfig()),
        [typeof(SafetyThresholds)] = Of(options, new SafetyThresholds()),
        [typeof(RolloutLedger)] = Of(options, new RolloutLedger { Id = "" }),
        [typeof(RolloutStratum)] = Of(options, new RolloutStratum { Key = "", Step = 0, Percentage = 0 }),
        [typeof(CountEvidence)] = Of(options, CountEvidence.None),
        [typeof(ExperimentConfig)] = Of(options, new ExperimentConfig { Control = "", PrimaryMetric = "", Metrics = [] }),
        [typeof(ExperimentMetric)] = Of(options, new ExperimentMetric { Name = "", Kind = MetricKind.Binary }),
        [typeof(ExperimentEvidence)] = Of(options, new ExperimentEvidence()),
        [typeof(GuardrailEvidence)] = Of(options, GuardrailEvidence.None),
        [typeof(GuardrailStep)] = Of(options, new GuardrailStep { Number = 0 }),
        [typeof(ExperimentTally)] = Of(options, new ExperimentTally { Closed = [] }),
        [typeof(InstanceRecord)] = Of(options, new InstanceRecord { Id = "" }),
    };

    /// <exception cref="JsonException">The text is not JSON, or has a member twice.</exception>
    public JsonNode? Fill(string json, JsonTypeInfo type)
    {
        JsonNode? node = JsonNode.Parse(json, AnyCase);
        try
        {
            Fill(node, type);
        }
        catch (ArgumentException exception)
        {
            throw new JsonException("a member is there twice.", exception);
        }
        return node;
    }

    private void Fill(JsonNode? node, JsonTypeInfo type)
    {
        switch (node, type.Kind)
        {
            case (JsonObject document, JsonTypeInfoKind.Object):
                foreach (JsonPropertyInfo property in type.Properties)
                    if (document.TryGetPropertyValue(property.Name, out JsonNode? value))
                        Fill(value, TypeOf(property.PropertyType));
                    else if (!property.IsRequired && _defaults.GetValueOrDefault(type.Type)?.Value[property.Name] is { } start)
                        document.Add(property.Name, start.DeepClone());
                break;
            case (JsonArray items, JsonTypeInfoKind.Enumerable):
                foreach (JsonNode? item in items)
                    Fill(item, TypeOf(type.ElementType!)); // an enumerable has one
                break;
            case (JsonObject values, JsonTypeInfoKind.Dictionary):
                foreach ((string _, JsonNode? value) in values)
                    Fill(value, TypeOf(type.ElementType!));
                break;
        }
    }

    private JsonTypeInfo TypeOf(Type type) => options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static Lazy<JsonObject> Of<T>(JsonSerializerOptions options, T value) =>
        new(() => JsonSerializer.SerializeToNode(value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)))!.AsObject());
}
