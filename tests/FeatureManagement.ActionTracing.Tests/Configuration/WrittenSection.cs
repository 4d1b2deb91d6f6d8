using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Writes valid sections at random, and knows of each place what it must hold, so that it can be broken there.</summary>
internal sealed class WrittenSection(Random random)
{
    private readonly List<(JsonObject Parent, string Key, string Kind)> _places = [];

    /// <summary>A generator of whole files.</summary>
    public static readonly Gen<WrittenSection> Any = Gen.Int.Select(seed =>
    {
        var section = new WrittenSection(new Random(seed));
        section.Write();
        return section;
    });

    public JsonObject Root { get; } = [];

    /// <summary>Puts something of another shape at one place; says what was done.</summary>
    public string Break()
    {
        (JsonObject parent, string key, string kind) = _places[random.Next(_places.Count)];
        if (kind == "object" && parent[key] is JsonObject fields && random.Next(2) == 0)
        {
            fields.Add("zzz", 1);
            return $"an unknown field in {fields.GetPath()}";
        }
        parent[key] = kind switch
        {
            "number" => Pick<JsonNode>("abc", "1,5", "", "NaN", true, new JsonObject { ["x"] = 1 }, new JsonArray(1)),
            "duration" => Pick<JsonNode>("soon", "1:30", "24:00:00", "", false, new JsonObject { ["x"] = 1 }),
            "bool" => Pick<JsonNode>("maybe", 2, "", new JsonArray(true)),
            "choice" => Pick<JsonNode>("nonsense", 5, "", true, new JsonArray("a")),
            "time" => Pick<JsonNode>("tomorrow", "2026-12-01", 5, new JsonObject { ["x"] = 1 }),
            "list" => Pick<JsonNode>("alice", 5, true, new JsonArray(true, "false"), new JsonArray(""), new JsonObject { ["a"] = "maybe" }),
            "text" => Pick<JsonNode>(new JsonObject { ["x"] = 1 }, new JsonArray(1)),
            "map" when key.Equals("featureFlags", StringComparison.OrdinalIgnoreCase) || key.Equals("environments", StringComparison.OrdinalIgnoreCase) =>
                Pick<JsonNode>("text", 5, true, new JsonArray(), new JsonArray("a"), new JsonArray(new JsonObject { ["type"] = "boolean", ["state"] = "enabled" })),
            _ => Pick<JsonNode>("text", 5, true, new JsonArray("a")),
        };
        return $"{parent[key]!.ToJsonString()} at {parent[key]!.GetPath()}";
    }

    private void Write()
    {
        JsonObject section = Object(Root, "ActionTracing");
        JsonObject flags = Object(section, "featureFlags", "map");
        for (int i = 0; i <= random.Next(4); i++)
            WriteFlag(Object(flags, $"flag{i}"), Pick("boolean", "percentage", "whitelist", "multivariate"), overlay: false);
        if (Maybe())
        {
            JsonObject settings = Object(section, "featureFlagSettings");
            Bool(settings, "auditFlagEvaluations");
            Bool(settings, "cacheEnabled");
            Number(settings, "maxStoreSize", 1, 1_000_000, whole: true);
            foreach (string field in new[] { "evaluationAuditRetention", "auditRetention", "defaultTimeout", "cacheTtl", "safetyInterval", "progressionInterval", "storePollInterval" })
                Duration(settings, field);
        }
        if (Maybe())
        {
            JsonObject output = Object(section, "traceOutput");
            Field(output, "directory", "text", () => Pick<JsonNode>("traces", "a/b", 7));
            Number(output, "maxFileSize", 1, 1_000_000, whole: true);
            Number(output, "maxFiles", 1, 100, whole: true);
        }
    }

    private void WriteFlag(JsonObject flag, string type, bool overlay)
    {
        Field(flag, "type", "choice", () => Cased(type), always: !overlay);
        bool emergency = type == "boolean" && !overlay && Maybe();
        Field(flag, "state", "choice", () => Pick(emergency ? ["disabled", "Enabled"] : new[] { "disabled", "Canary", "rollout", "ENABLED", "development" }.Concat(overlay ? [] : ["emergency_off", "EmergencyOff", "emergency-off"]).ToArray()), always: !overlay);
        if (emergency)
            Number(flag, "priority", 1, 9, whole: true);
        Field(flag, "description", "text", () => Pick<JsonNode>("words", 5, true));
        Number(flag, "percentage", 0, 100);
        foreach (string list in new[] { "whitelist", "groups" })
            Field(flag, list, "list", () => Pick<JsonNode>(new JsonArray("alice", "bob"), new JsonArray(42, "x"), new JsonArray(), new JsonObject { ["alice"] = true, ["bob"] = "False" }));
        Field(flag, "parent", "text", () => Pick("action_tracing_enabled", ""));
        Bool(flag, "telemetry");
        if (Maybe())
            WriteRollout(Object(flag, "rolloutConfig"));
        if (type == "multivariate" && !overlay)
            WriteVariants(flag);
        if (!overlay && Maybe())
        {
            JsonObject environments = Object(flag, "environments", "map");
            WriteFlag(Object(environments, Pick("production", "dev", "Staging")), type, overlay: true);
        }
    }

    private void WriteVariants(JsonObject flag)
    {
        JsonObject variants = Object(flag, "variants", "map");
        foreach (string name in new[] { "a", "b" })
        {
            JsonObject variant = Object(variants, name);
            Number(variant, "weight", 0.1, 9, always: true);
            if (Maybe())
                variant[Cased("config")] = Pick<JsonNode>("plain", 5, new JsonObject { ["deep"] = new JsonArray(1, "x") });
        }
        if (Maybe())
            return;
        JsonObject experiment = Object(flag, "experiment");
        Field(experiment, "control", "text", () => "A", always: true);
        Field(experiment, "primaryMetric", "text", () => "sales", always: true);
        Number(experiment, "plannedUnits", 1, 100, whole: true);
        Number(experiment, "alpha", 0.01, 0.5);
        JsonObject metric = Object(Object(experiment, "metrics", "map"), "sales");
        Field(metric, "kind", "choice", () => Pick("binary", "Continuous"), always: true);
        Bool(metric, "higherIsBetter");
        Field(metric, "role", "choice", () => Pick("primary", "Primary"));
        Number(metric, "cap", -5, 5);
        Duration(metric, "window");
    }

    private void WriteRollout(JsonObject rollout)
    {
        Field(rollout, "type", "choice", () => Pick("linear", "Exponential", "stepped"));
        Duration(rollout, "duration");
        Number(rollout, "startPercentage", 0, 40);
        // Beside a list of another end it is a fault, in whichever layer the list is.
        Field(rollout, "targetPercentage", "number", () => Pick<JsonNode>(100, "100.0", 1e2));
        Field(rollout, "checkpoints", "list", () => Pick(new JsonArray(5, 10.5, "100"), new JsonArray(100)));
        if (Maybe())
        {
            var entry = new JsonObject();
            rollout[Cased("schedule")] = new JsonArray(entry);
            Field(entry, "after", "duration", AnyDuration, always: true);
            Number(entry, "percentage", 0, 100, always: true);
        }
        Field(rollout, "startAt", "time", () => Pick("2026-12-01T09:00:00Z", "2026-12-01T09:00+01:00", "2026-12-01T09:00:00.25-05:30"));
        Bool(rollout, "autoStart");
        Field(rollout, "rollbackTo", "choice", () => Pick("previous", "Disabled"));
        Bool(rollout, "guard");
        Number(rollout, "alpha", 0.01, 0.5);
        Number(rollout, "maxErrorRateIncrease", 0, 1);
        Number(rollout, "maxLatencyIncrease", 0, 1);
        Duration(rollout, "slowThreshold");
        Duration(rollout, "maxHold");
        if (Maybe())
            return;
        JsonObject thresholds = Object(rollout, "safetyThresholds");
        Number(thresholds, "maxErrorRate", 0, 1);
        Duration(thresholds, "thresholdWindow");
        if (Maybe())
            return;
        JsonObject phase = Object(Object(thresholds, "phases"), Pick("canary", "Gradual", "MAJORITY"));
        Duration(phase, "maxLatency");
        Number(phase, "minimumSamples", 0, 100, whole: true, always: true);
    }

    private JsonObject Object(JsonObject parent, string key, string kind = "object")
    {
        var created = new JsonObject();
        key = kind == "map" || !key.StartsWith("flag", StringComparison.Ordinal) ? Cased(key) : key;
        parent[key] = created;
        _places.Add((parent, key, kind));
        if (random.Next(5) == 0)
            created[Pick("$comment", "//", "_comment", "$Comment")] = Pick<JsonNode>("words", 5, new JsonArray("words"), new JsonObject { ["type"] = "boolean", ["state"] = "enabled" });
        return created;
    }

    private void Field(JsonObject parent, string field, string kind, Func<JsonNode> value, bool always = false)
    {
        if (!always && Maybe())
            return;
        string key = Cased(field);
        parent[key] = value();
        _places.Add((parent, key, kind));
    }

    private void Bool(JsonObject parent, string field) => Field(parent, field, "bool", () => Pick<JsonNode>(true, false, "True", "FALSE"));

    private void Duration(JsonObject parent, string field) => Field(parent, field, "duration", AnyDuration);

    private JsonNode AnyDuration() => Pick<JsonNode>(1500, "2000", 1000.5, "00:00:30", "01:30:00.5");

    private void Number(JsonObject parent, string field, double min, double max, bool whole = false, bool always = false) => Field(parent, field, "number", () =>
    {
        double value = min + random.NextDouble() * (max - min);
        value = whole ? Math.Ceiling(value) : Math.Round(value, 3);
        return Maybe() ? value : value.ToString(CultureInfo.InvariantCulture);
    }, always);

    private string Cased(string name) => random.Next(4) switch
    {
        0 => name.ToUpperInvariant(),
        1 => char.ToUpperInvariant(name[0]) + name[1..],
        _ => name,
    };

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private bool Maybe() => random.Next(2) == 0;
}
