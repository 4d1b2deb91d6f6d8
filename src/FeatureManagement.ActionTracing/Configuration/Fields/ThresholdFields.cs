using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration.Fields;

/// <summary>
/// The fields of <c>safetyThresholds</c> and of its phases, each described once: reading and the names in the schema use
/// these lists. A new threshold is a property of <see cref="SafetyThresholds"/>, an entry here and an entry in
/// <c>appsettings.schema.json</c>.
/// </summary>
internal static class ThresholdFields
{
    public static readonly ThresholdField<SafetyThresholds>[] All =
    [
        new("maxErrorRate", (thresholds, field) => thresholds with { MaxErrorRate = field.Rate(0, 1) }),
        new("maxLatency", (thresholds, field) => thresholds with { MaxLatency = field.Duration(TimeSpan.Zero) }),
        new("thresholdWindow", (thresholds, field) => thresholds with
        {
            ThresholdWindow = field.Duration(TimeSpan.FromSeconds(1)) ?? thresholds.ThresholdWindow,
        }),
        new("maxErrorRateWithoutControl", (thresholds, field) => thresholds with
        {
            MaxErrorRateWithoutControl = field.Rate(0.001, 1) ?? thresholds.MaxErrorRateWithoutControl,
        }),
        new("minimumSamples", (thresholds, field) => thresholds with { MinimumSamples = field.Samples() }),
    ];

    public static readonly ThresholdField<PhaseThresholds>[] Phase =
    [
        new("maxErrorRate", (thresholds, field) => thresholds with { MaxErrorRate = field.Rate(0, 1) }),
        new("maxLatency", (thresholds, field) => thresholds with { MaxLatency = field.Duration(TimeSpan.Zero) }),
        new("minimumSamples", (thresholds, field) => thresholds with { MinimumSamples = field.Samples() }),
    ];

    public static T Read<T>(ThresholdField<T>[] all, T defaults, SettingFields fields) =>
        all.Aggregate(defaults, (thresholds, field) => field.Read(thresholds, new ThresholdValue(field.Name, fields)));
}

/// <summary>One field of thresholds. Immutable.</summary>
/// <param name="Name">The name in configuration.</param>
/// <param name="Read">Returns the thresholds with the written value.</param>
internal sealed record ThresholdField<T>(string Name, Func<T, ThresholdValue, T> Read);

/// <summary>The written value of a threshold.</summary>
/// <param name="name">The name of the field.</param>
/// <param name="fields">The written fields.</param>
internal readonly struct ThresholdValue(string name, SettingFields fields)
{
    public double? Rate(double min, double max) => fields.Rate(name, min, max);

    public TimeSpan? Duration(TimeSpan min) => fields.Duration(name, min, TimeSpan.FromDays(1));

    public int? Samples() => fields.Integer(name, 0, int.MaxValue);
}
