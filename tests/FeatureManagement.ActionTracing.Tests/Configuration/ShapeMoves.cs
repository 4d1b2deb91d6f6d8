using System.Text.Json.Nodes;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Moves one setting of a file into every other object of the file: all that a brace too many, too few or elsewhere can do to it.</summary>
internal static class ShapeMoves
{
    /// <summary>Each file that arises, with what was moved where. A place at which the setting is another flag's own is left out: that is an edit.</summary>
    /// <param name="good">The file as it should be.</param>
    /// <param name="path">The path of the setting, with dots.</param>
    public static IEnumerable<(string Slip, string Content)> Of(string good, string path)
    {
        int count = Objects(JsonNode.Parse(good)!.AsObject()).Count();
        for (int i = 0; i < count; i++)
        {
            JsonObject file = JsonNode.Parse(good)!.AsObject();
            string[] names = path.Split('.');
            JsonObject from = names[..^1].Aggregate(file, (at, name) => at[name]!.AsObject());
            (JsonObject to, string where) = Objects(file).ElementAt(i);
            if (ReferenceEquals(to, from) || IsHome(where, names[^1]) || $"{where}.".StartsWith($"{path}.", StringComparison.Ordinal))
                continue;
            JsonNode moved = from[names[^1]]!.DeepClone();
            from.Remove(names[^1]);
            to[names[^1]] = moved;
            yield return ($"{path} moved into '{where}'", file.ToJsonString());
        }
    }

    // Fields and overlays are at home in every flag, and fields in every overlay.
    private static bool IsHome(string where, string name) => where.Split('.') switch
    {
        ["ActionTracing", "featureFlags", _] => name is "state" or "parent" or "environments",
        ["ActionTracing", "featureFlags", _, "environments"] => name == "production",
        ["ActionTracing", "featureFlags", _, "environments", _] => name is "state" or "parent",
        _ => false,
    };

    // A section of the application's own takes what it likes; what slips past our section is at the root.
    private static IEnumerable<(JsonObject Object, string Path)> Objects(JsonObject node, string path = "")
    {
        yield return (node, path);
        foreach ((string name, JsonNode? child) in node)
            if (child is JsonObject inner && (path.Length > 0 || name == "ActionTracing"))
                foreach ((JsonObject, string) found in Objects(inner, path.Length == 0 ? name : $"{path}.{name}"))
                    yield return found;
    }
}
