using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>A content that configuration had for a flag. Immutable.</summary>
/// <param name="Hash">A hash of it; <see cref="ContentHistory.Absent"/> where configuration did not have the flag.</param>
/// <param name="At">When configuration was changed to it.</param>
internal sealed record ContentTime(string Hash, DateTimeOffset At);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Dictionary<string, ContentTime[]>))]
internal sealed partial class ContentJson : JsonSerializerContext;
