using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Changes the shape of a file at random: what is in it moves, turns into a list, or changes its name.</summary>
internal static class ShapeMutation
{
    private static readonly string[] Names =
    [
        "$comment", "//", "_comment", "featureFlags", "FeatureFlags", "featureFlag", "ActionTracing", "ActionTracng", "environments", "variants", "config", "shop", "stop", "plain", "overridden", "child", "production", "parent", "extra", "0", "1", "type", "state",
    ];

    public static string Of(string good, Random random, int changes)
    {
        JsonObject file = JsonNode.Parse(good)!.AsObject();
        for (int i = 0; i < changes; i++)
            Change(file, random);
        return file.ToJsonString();
    }

    /// <summary>Whether an object with the type of a flag bears a name anywhere but in comments.</summary>
    public static bool HasKey(JsonNode? node, string name) => node switch
    {
        JsonObject fields => fields.Any(field => !SettingNames.IsComment(field.Key)
            && ((field.Value is JsonObject flag && FlagSpelling.TryRead(flag["type"]?.ToString(), out FlagType _) && field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) || HasKey(field.Value, name))),
        JsonArray items => items.Any(item => HasKey(item, name)),
        _ => false,
    };

    /// <summary>Whether an object of a name has a field of a value in a place that is no flag's and no overlay's.</summary>
    public static bool HasAway(JsonNode? node, string name, string field, string value, string path = "$") => node switch
    {
        JsonObject fields => fields.Any(at => !SettingNames.IsComment(at.Key)
            && ((at.Value is JsonObject part && Is(at.Key, name) && part.Any(own => Is(own.Key, field) && own.Value?.ToString() == value) && !IsHome(path, name))
                || HasAway(at.Value, name, field, value, $"{path}.{at.Key}"))),
        JsonArray items => items.Any(item => HasAway(item, name, field, value, path + "[]")),
        _ => false,
    };

    private static bool IsHome(string path, string name) => path.Split('.') switch
    {
        [_, var section, var flags] => Is(section, "ActionTracing") && Is(flags, "featureFlags"),
        [_, var section, var flags, _, var overlays] =>
            Is(section, "ActionTracing") && Is(flags, "featureFlags") && Is(overlays, "environments") && Is(name, "production"),
        _ => false,
    };

    private static bool Is(string key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static void Change(JsonObject file, Random random)
    {
        List<JsonObject> objects = [file];
        for (int i = 0; i < objects.Count; i++)
            objects.AddRange(objects[i].Select(field => field.Value).OfType<JsonObject>());
        JsonObject at = objects[random.Next(objects.Count)];
        if (at.Count == 0)
            return;
        (string key, JsonNode? value) = at.ElementAt(random.Next(at.Count));
        string name = Names[random.Next(Names.Length)];
        JsonObject other = objects[random.Next(objects.Count)];
        switch (random.Next(9))
        {
            case 0:
                at[key] = new JsonArray(value?.DeepClone());
                break;
            case 1:
                at[key] = value is JsonObject fields ? new JsonArray([.. fields.Select(field => field.Value?.DeepClone())]) : null;
                break;
            case 2:
                at[key] = null;
                break;
            case 3:
                at.Remove(key);
                break;
            case 4:
                at.Remove(key);
                at[name] = value?.DeepClone();
                break;
            case 5:
                // Elsewhere, under the same name: perhaps into itself, and gone with that.
                JsonNode? moved = value?.DeepClone();
                at.Remove(key);
                other[key] = moved;
                break;
            case 6:
                file[key] = value?.DeepClone();
                at.Remove(key);
                break;
            case 7:
                at[key] = new JsonObject { [key] = value?.DeepClone() };
                break;
            default:
                at[name] = other.DeepClone();
                break;
        }
    }
}
