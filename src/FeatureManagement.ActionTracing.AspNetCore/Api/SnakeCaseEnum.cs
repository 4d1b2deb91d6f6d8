using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>An enumeration in the ticket's spelling: <c>rolled_back</c>.</summary>
internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
