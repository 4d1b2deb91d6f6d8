using System.Text.Json.Nodes;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Files in which flags are where nothing reads them: a brace, a bracket or a name away from their place.</summary>
internal static class ShapeSlips
{
    /// <summary>Slips of a whole file: what the slip is, and what it makes of the file.</summary>
    public static readonly IReadOnlyDictionary<string, Action<JsonObject>> All = new Dictionary<string, Action<JsonObject>>
    {
        ["a list of flags"] = file => Section(file)["featureFlags"] = new JsonArray([.. Flags(file).Select(flag => flag.Value!.DeepClone())]),
        ["a list of one flag"] = file => Section(file)["featureFlags"] = new JsonArray(new JsonObject { ["type"] = "boolean", ["state"] = "enabled" }),
        ["a list of numbers"] = file => Section(file)["featureFlags"] = new JsonArray(1, 2),
        ["an empty list"] = file => Section(file)["featureFlags"] = new JsonArray(),
        ["a text"] = file => Section(file)["featureFlags"] = "none",
        ["no flags"] = file => Section(file)["featureFlags"] = null,
        ["a section of null"] = file => file["ActionTracing"] = null,
        ["a section that is a list"] = file => file["ActionTracing"] = new JsonArray(Section(file).DeepClone()),
        ["only an entry of null"] = file => Section(file)["featureFlags"] = new JsonObject { ["x"] = null },
        ["only a comment"] = file => Section(file)["featureFlags"] = new JsonObject { ["$comment"] = "to be done" },
        ["only an invalid flag"] = file => Section(file)["featureFlags"] = new JsonObject { ["x"] = new JsonObject { ["type"] = "boolean" } },
        ["a flag inside of another"] = file => Flag(file, "shop")["stop"] = Take(file, "stop"),
        ["a flag inside of an overlay"] = file => Overlay(file)["stop"] = Take(file, "stop"),
        ["a flag among the environments"] = file => Flag(file, "shop")["environments"]!["stop"] = Take(file, "stop"),
        ["a flag in the config of a variant"] = file => Flag(file, "banner")["variants"]!["a"]!["config"]!["stop"] = Take(file, "stop"),
        ["a flag among the variants"] = file => Flag(file, "banner")["variants"]!["stop"] = Take(file, "stop"),
        ["a flag among the settings"] = file => Section(file)["featureFlagSettings"] = new JsonObject { ["stop"] = Take(file, "stop") },
        ["a flag beside featureFlags"] = file => Section(file)["stop"] = Take(file, "stop"),
        ["a flag beside the section"] = file => file["stop"] = Take(file, "stop"),
        ["a part of a flag beside the section"] = file => file["stop"] = new JsonObject { ["on"] = Take(file, "stop")["state"]!.DeepClone() },
        ["all flags beside the section"] = file => file["featureFlags"] = TakeAll(file),
        ["all flags directly in the section"] = MoveUp,
        ["featureFlags inside of featureFlags"] = file => Section(file)["featureFlags"] = new JsonObject { ["featureFlags"] = TakeAll(file) },
        ["featureFlags misspelled"] = file => Section(file)["featureFlag"] = TakeAll(file),
        ["the section misspelled"] = file => Rename(file, "ActionTracng"),
        ["the section inside of another"] = file => file["App"] = new JsonObject { ["ActionTracing"] = TakeSection(file) },
        ["a flag gone while another is invalid"] = file =>
        {
            Take(file, "stop");
            Flag(file, "shop")["percentage"] = 200;
        },
        ["a flag gone while a setting is unknown"] = file =>
        {
            Take(file, "stop");
            Section(file)["traceOutput"] = new JsonObject { ["dir"] = "x" };
        },
        ["environments as an empty list"] = file => Flag(file, "shop")["environments"] = new JsonArray(),
        ["environments as a list"] = file => Flag(file, "shop")["environments"] = new JsonArray(new JsonObject { ["state"] = "disabled" }),
    };

    public static JsonObject Section(JsonObject file) => file["ActionTracing"]!.AsObject();

    public static JsonObject Flags(JsonObject file) => Section(file)["featureFlags"]!.AsObject();

    public static JsonObject Flag(JsonObject file, string name) => Flags(file)[name]!.AsObject();

    private static JsonObject Overlay(JsonObject file) => Flag(file, "shop")["environments"]!["staging"]!.AsObject();

    private static JsonObject Take(JsonObject file, string name)
    {
        JsonObject flag = Flag(file, name);
        Flags(file).Remove(name);
        return flag;
    }

    private static JsonObject TakeAll(JsonObject file)
    {
        JsonObject flags = Flags(file);
        Section(file).Remove("featureFlags");
        return flags;
    }

    private static JsonObject TakeSection(JsonObject file)
    {
        JsonObject section = Section(file);
        file.Remove("ActionTracing");
        return section;
    }

    private static void MoveUp(JsonObject file)
    {
        foreach ((string name, JsonNode? flag) in TakeAll(file).ToArray())
            Section(file)[name] = flag!.DeepClone();
    }

    private static void Rename(JsonObject file, string name) => file[name] = TakeSection(file);
}
