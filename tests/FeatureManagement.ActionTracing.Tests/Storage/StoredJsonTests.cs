using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>Stored documents of every release stay readable, and mean what they meant: earlier releases wrote and read them by reflection.</summary>
public sealed class StoredJsonTests
{
    // As the earlier releases had them.
    private static readonly JsonSerializerOptions Reflection = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static TheoryData<Type> Read() =>
    [
        typeof(FlagRecord), typeof(FlagEmergency), typeof(InstanceRecord), typeof(RolloutLedger), typeof(ExperimentRun), typeof(ExperimentTally), typeof(ExperimentEvidence),
    ];

    public static TheoryData<string, string> Written()
    {
        var data = new TheoryData<string, string>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Storage", "documents.txt")))
            data.Add(line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        return data;
    }

    /// <summary>Every type with only what it requires: what is not said has the value that the type begins with, at every depth.</summary>
    [Theory]
    [MemberData(nameof(Read))]
    public void Read_MembersMissing_HaveTheirDefaults(Type type)
    {
        foreach (bool deep in new[] { false, true })
        {
            string json = Minimal(type, deep, []).ToJsonString();
            Assert.Equal(JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type, Reflection), type, Reflection), ReadAndWrite(type, json));
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Read_DocumentOfAnEarlierRelease_IsTheSame(string type, string json)
    {
        Type named = typeof(StoredJson).Assembly.GetTypes().Single(one => one.Name == type);
        Assert.Equal(JsonSerializer.Serialize(JsonSerializer.Deserialize(json, named, Reflection), named, Reflection), ReadAndWrite(named, json));
    }

    private static string ReadAndWrite(Type type, string json)
    {
        object read = typeof(StoredJson).GetMethod(nameof(StoredJson.Read))!.MakeGenericMethod(type).Invoke(null, [json])!;
        return (string)typeof(StoredJson).GetMethod(nameof(StoredJson.Write))!.MakeGenericMethod(type).Invoke(null, [read])!;
    }

    private static JsonNode Minimal(Type type, bool deep, HashSet<Type> above)
    {
        JsonTypeInfo info = Reflection.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        var document = new JsonObject();
        if (info.Kind == JsonTypeInfoKind.Enumerable)
            return deep && !above.Contains(info.ElementType!) ? new JsonArray(Minimal(info.ElementType!, deep, above)) : new JsonArray();
        if (info.Kind == JsonTypeInfoKind.Dictionary)
            return document;
        if (info.Kind == JsonTypeInfoKind.None)
            return info.Type.IsEnum ? JsonSerializer.SerializeToNode(Activator.CreateInstance(info.Type), info.Type, Reflection)!
                : info.Type == typeof(string) ? JsonValue.Create("text")
                : JsonSerializer.SerializeToNode(Activator.CreateInstance(info.Type), info.Type, Reflection)!;
        foreach (JsonPropertyInfo property in info.Properties)
        {
            bool nested = deep && property.Set is not null && Reflection.GetTypeInfo(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType).Kind != JsonTypeInfoKind.None
                && !above.Contains(property.PropertyType);
            if (property.IsRequired || nested)
                document[property.Name] = Minimal(property.PropertyType, deep, [.. above, type]);
        }
        return document;
    }
}
