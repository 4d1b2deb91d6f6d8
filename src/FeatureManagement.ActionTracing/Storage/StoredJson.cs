using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>The JSON of stored documents: camelCase, enumerations as configuration spells them, nulls left out, unknown members ignored.</summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
    };

    private static readonly JsonSerializerOptions Plain = new(Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The same for somebody who reads it: sentences are not escaped for a page that they are never part of.</summary>
    public static string WritePlain<T>(T value) => JsonSerializer.Serialize(value, Plain);

    /// <exception cref="JsonException">The text is not JSON, or not of this kind.</exception>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("The document is null.");

    /// <summary>One member of an object whose others may be of a kind that is not known here; null where it is not there or cannot be read.</summary>
    public static T? ReadMember<T>(string json, string name) where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement member) ? member.Deserialize<T>(Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
