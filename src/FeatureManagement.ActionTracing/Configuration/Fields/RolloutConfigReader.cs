using System.Globalization;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.Configuration.Fields;

/// <summary>Reads a <c>rolloutConfig</c>.</summary>
internal static class RolloutConfigReader
{
    private static readonly RolloutConfig Defaults = new();
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Decade = TimeSpan.FromDays(3_650);

    public static RolloutConfig? Read(SettingFields flag, string name, List<string> warnings)
    {
        SettingFields fields = flag.Below("rolloutConfig", SettingNames.Rollout);
        if (!fields.IsPresent)
            return null;
        TimeSpan? duration = fields.Duration("duration", Millisecond, Decade);
        if (duration < TimeSpan.FromMinutes(1))
            warnings.Add($"Flag '{ForeignText.Escape(name)}': rolloutConfig.duration is {duration.Value:c}; a "
                + "rollout shorter than a minute sees hardly any traffic.");
        decimal? start = fields.Number("startPercentage", 0, 100);
        decimal? target = fields.Number("targetPercentage", 0, 100);
        RolloutType type = fields.Choice<RolloutType>("type") ?? Defaults.Type;
        IReadOnlyList<RolloutScheduleEntry> schedule = Schedule(fields);
        if (type == RolloutType.Custom && fields.Node("schedule")?.Items?.Exists(SettingList.SaysSomething) != true)
            fields.Fault("schedule", "is missing; a custom rollout must have one");

        RolloutConfig plan = Defaults with
        {
            Type = type,
            Duration = duration ?? Defaults.Duration,
            StartPercentage = start,
            Checkpoints = Checkpoints(fields) ?? Defaults.Checkpoints,
            Schedule = schedule,
            StartAt = fields.Time("startAt"),
            AutoStart = fields.Bool("autoStart") ?? Defaults.AutoStart,
            RollbackTo = fields.Choice<RollbackTarget>("rollbackTo") ?? Defaults.RollbackTo,
            SafetyThresholds = Thresholds(fields),
            Guard = fields.Bool("guard") ?? Defaults.Guard,
            Alpha = fields.Rate("alpha", 0, 1, open: true) ?? Defaults.Alpha,
            MaxErrorRateIncrease = fields.Rate("maxErrorRateIncrease", 0, 100) ?? Defaults.MaxErrorRateIncrease,
            MaxLatencyIncrease = fields.Rate("maxLatencyIncrease", 0, 100) ?? Defaults.MaxLatencyIncrease,
            SlowThreshold = fields.Duration("slowThreshold", Millisecond, Day),
            MaxHold = fields.Duration("maxHold", TimeSpan.Zero, Decade) ?? Defaults.MaxHold,
        };
        if (target is { } given)
            plan = plan with { TargetPercentage = given };
        if (start >= plan.TargetPercentage)
            fields.Fault("targetPercentage", string.Create(
                CultureInfo.InvariantCulture,
                $"is {plan.TargetPercentage}; it must be above startPercentage, which is {start}"));
        if (RolloutRules.WrongEnd(plan) is { } end)
            fields.Fault("targetPercentage", end);
        warnings.AddRange(RolloutRules.Unused(plan).Select(unused => $"Flag '{ForeignText.Escape(name)}': rolloutConfig.{unused}."));
        return plan;
    }

    private static SafetyThresholds? Thresholds(SettingFields rollout)
    {
        SettingFields fields = rollout.Below("safetyThresholds", SettingNames.Thresholds);
        if (!fields.IsPresent)
            return null;
        SettingFields phases = fields.Below("phases", SettingNames.Phases);
        return ThresholdFields.Read(ThresholdFields.All, new SafetyThresholds(), fields) with
        {
            Canary = Phase(phases, "canary"),
            Gradual = Phase(phases, "gradual"),
            Majority = Phase(phases, "majority"),
        };
    }

    private static PhaseThresholds? Phase(SettingFields phases, string name)
    {
        SettingFields fields = phases.Below(name, SettingNames.Phase);
        if (fields.IsPresent)
            return ThresholdFields.Read(ThresholdFields.Phase, new PhaseThresholds(), fields);
        return null;
    }

    private static List<decimal>? Checkpoints(SettingFields fields)
    {
        if (fields.List("checkpoints") is not { } texts)
            return null;
        var checkpoints = new List<decimal>();
        foreach (string text in texts)
        {
            if (!SettingText.TryNumber(text, out decimal percentage) || percentage is < 0 or > 100)
                fields.Fault(
                    "checkpoints",
                    $"holds {(text.Length == 0 ? "an empty value" : ForeignText.Quote(text))}; each must be between 0 and 100");
            else if (checkpoints.Count > 0 && percentage < checkpoints[^1])
                fields.Fault("checkpoints", string.Create(
                    CultureInfo.InvariantCulture, $"goes down from {checkpoints[^1]} to {percentage}; it must rise"));
            else
                checkpoints.Add(percentage);
        }
        if (texts.Count == 0)
            fields.Fault("checkpoints", "is empty; it must have at least one");
        if (checkpoints.Count == texts.Count)
            return checkpoints;
        return null; // a list with a fault is not checked further
    }

    private static RolloutScheduleEntry[] Schedule(SettingFields fields)
    {
        SettingNode? node = fields.Node("schedule");
        if (node is null)
            return [];
        var schedule = new List<RolloutScheduleEntry>();
        if (node.Items?.Find(item => item is { Key: "", Value.Length: > 0 }) is { Value: { } plain })
            fields.Fault("schedule", $"is '{ForeignText.Quote(plain)}'; it must be a list of objects");
        SettingNode[] entries = [.. SettingList.Objects(node.Items ?? [])];
        foreach (SettingNode entry in entries)
        {
            string at = $"schedule[{ForeignText.Quote(entry.Name)}]";
            if (entry.Find("after")?.Value is not { } after || !SettingText.TryDuration(after, out TimeSpan time)
                || time < TimeSpan.Zero || time > Decade)
                fields.Fault(at + ".after", $"is {Shown(entry, "after")}; it must be a number of milliseconds or [d.]hh:mm:ss");
            else if (entry.Find("percentage")?.Value is not { } text
                || !SettingText.TryNumber(text, out decimal percentage)
                || percentage is < 0 or > 100)
                fields.Fault(at + ".percentage", $"is {Shown(entry, "percentage")}; it must be between 0 and 100");
            else if (schedule.Count > 0 && (percentage < schedule[^1].Percentage || time <= schedule[^1].After))
                fields.Fault(at, "goes down or back in time; times and percentages must rise from entry to entry");
            else
                schedule.Add(new RolloutScheduleEntry(time, percentage));
            foreach (SettingNode field in entry.Children)
                if (!field.Name.Equals("after", StringComparison.OrdinalIgnoreCase)
                    && !field.Name.Equals("percentage", StringComparison.OrdinalIgnoreCase))
                    fields.Fault($"{at}.{ForeignText.Quote(field.Name)}", "is not a known field; known are after, percentage");
        }
        if (node.Items is [.., { Key: "", Value: "" }])
            fields.Fault("schedule", "is empty; it must have at least one entry");
        if (schedule.Count == entries.Length)
            return [.. schedule];
        return [];
    }

    private static string Shown(SettingNode entry, string field)
    {
        if (entry.Find(field)?.Value is { } value)
            return ForeignText.Quote(value);
        return "missing";
    }
}
