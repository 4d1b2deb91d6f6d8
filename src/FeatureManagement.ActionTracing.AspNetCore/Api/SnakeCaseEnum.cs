using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Writes an enumeration in the spelling of the configuration: <c>rolled_back</c>.</summary>
internal sealed class SnakeCaseEnum<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
