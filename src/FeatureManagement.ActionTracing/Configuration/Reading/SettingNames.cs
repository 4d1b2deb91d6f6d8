using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration.Fields;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>The names of all fields, so that ten thousand flags share one string for each.</summary>
internal static class SettingNames
{
    public static readonly string[] Section = ["featureFlags", "featureFlagSettings", "traceOutput"];

    /// <summary>What a flag may have: its fields, and overlays.</summary>
    public static readonly string[] Flag = [.. FlagFields.All.Select(field => field.Name), "environments"];

    /// <summary>What the overlay of an environment may have: all but overlays.</summary>
    public static readonly string[] Overlay = [.. Flag.Where(name => name != "environments")];

    public static readonly string[] Variant = ["weight", "config"];

    public static readonly string[] Rollout =
    [
        "type", "duration", "startPercentage", "targetPercentage", "checkpoints", "schedule",
        "startAt", "autoStart", "rollbackTo", "safetyThresholds",
        "guard", "alpha", "maxErrorRateIncrease", "maxLatencyIncrease", "slowThreshold", "maxHold",
    ];

    public static readonly string[] Thresholds = [.. ThresholdFields.All.Select(field => field.Name), "phases"];

    public static readonly string[] Phases = ["canary", "gradual", "majority"];

    public static readonly string[] Phase = [.. ThresholdFields.Phase.Select(field => field.Name)];

    public static readonly string[] Experiment = ["control", "primaryMetric", "metrics", "plannedUnits", "alpha"];

    public static readonly string[] Metric = ["kind", "higherIsBetter", "role", "cap", "window"];

    public static readonly string[] Settings =
    [
        "auditFlagEvaluations", "evaluationAuditRetention", "auditRetention", "defaultTimeout", "cacheEnabled", "cacheTtl",
        "safetyInterval", "progressionInterval", "storePollInterval", "maxStoreSize",
    ];

    public static readonly string[] TraceOutput = ["directory", "maxFileSize", "maxFiles", "queueLength"];

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Known =
        new[] { Section, Flag, Variant, Rollout, Thresholds, Phases, Phase, Experiment, Metric, Settings, TraceOutput }
            .SelectMany(names => names)
            .Distinct()
            .ToFrozenDictionary(name => name, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Keys that are there for people, in any case. They are ignored at every level.</summary>
    public static bool IsComment(ReadOnlySpan<char> name) =>
        name is ['/', '/'] || (name is ['$' or '_', ..] && name[1..].Equals("comment", StringComparison.OrdinalIgnoreCase));

    public static bool IsOneOf(ReadOnlySpan<char> name, string[] known)
    {
        foreach (string field in known)
            if (name.Equals(field, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    public static string Intern(ReadOnlySpan<char> name)
    {
        if (Known.TryGetValue(name, out string? known))
            return known;
        return name.ToString();
    }
}
