using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The JSON of a plan, with all fields.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SnakeCaseEnum<RolloutType>), typeof(SnakeCaseEnum<RollbackTarget>)])]
[JsonSerializable(typeof(RolloutConfig))]
internal sealed partial class RolloutPlanJson : JsonSerializerContext;
