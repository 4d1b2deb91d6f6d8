using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// The JSON of stored documents: camelCase, enumerations as configuration spells them, nulls left out, unknown members
/// ignored.
/// </summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = StoredJsonContext.Default,
        Converters =
        {
            Spelled<FlagState>(), Spelled<FlagType>(), Spelled<FlagSource>(), Spelled<RolloutPhase>(),
            Spelled<RolloutType>(), Spelled<RollbackTarget>(),
            Spelled<MetricKind>(), Spelled<MetricRole>(), Spelled<ExperimentVerdict>(), Spelled<VerdictKind>(),
        },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
    };

    private static readonly JsonSerializerOptions Plain = new(Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly StoredDefaults Defaults = new(Options);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, TypeOf<T>(Options));

    /// <summary>The same for people to read: text is not escaped for HTML, because it never becomes part of a page.</summary>
    public static string WritePlain<T>(T value) => JsonSerializer.Serialize(value, TypeOf<T>(Plain));

    /// <exception cref="JsonException">The text is not JSON, or not of this kind.</exception>
    public static T Read<T>(string json) => Defaults.Fill(json, TypeOf<T>(Options)).Deserialize(TypeOf<T>(Options))
        ?? throw new JsonException("The document is null.");

    /// <summary>
    /// One member of an object whose others may be of a kind that is not known here; null where it is not there or
    /// cannot be read.
    /// </summary>
    public static T? ReadMember<T>(string json, string name) where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement member))
                return member.Deserialize(TypeOf<T>(Options));
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonTypeInfo<T> TypeOf<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    private static JsonStringEnumConverter<T> Spelled<T>() where T : struct, Enum => new(JsonNamingPolicy.SnakeCaseLower);
}
