using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.State;

/// <summary>
/// The layers of a flag, each over the one before: configuration (or built-in), override, rollout, emergency.
/// Removing one reveals what now lies beneath.
/// </summary>
internal static class FlagLayers
{
    /// <param name="configured">What configuration says now, or what is built in.</param>
    /// <param name="layer">The flag's run-time state.</param>
    public static EffectiveFlag Apply(EffectiveFlag configured, VersionedRecord layer)
    {
        FlagRecord record = layer.Record;
        EffectiveFlag flag = configured with { Version = layer.Version, IsInOutbox = layer.IsInOutbox, Emergency = record.Emergency };
        if (record.At > flag.LastModified)
            flag = flag with { LastModified = record.At }; // also where the change took the last layer away
        var answer = Baseline.Of(configured.Definition);
        if (record.Override is { } update && update.Baseline == answer)
            flag = Update(flag, update);
        if (record.Rollout is { IsApplied: true } rollout && rollout.Baseline == answer)
            flag = Overlay(flag, FlagSource.Rollout, FlagState.Rollout, rollout.Percentage);
        if (record.Emergency is not null)
            flag = flag.Definition.Priority is null
                ? Overlay(flag, FlagSource.Emergency, FlagState.EmergencyOff, null)
                // An emergency flag is what stops the others: an emergency turns it on.
                : Overlay(flag, FlagSource.Emergency, FlagState.Enabled, null);
        return flag;
    }

    private static EffectiveFlag Update(EffectiveFlag flag, FlagOverride update)
    {
        FlagDefinition definition = flag.Definition with
        {
            Whitelist = update.Whitelist ?? flag.Definition.Whitelist,
            Groups = update.Groups ?? flag.Definition.Groups,
            Variants = update.Weights is { } weights ? Reweigh(flag.Definition.Variants, weights) : flag.Definition.Variants,
        };
        return Overlay(flag with { Definition = definition, IsBuiltIn = false }, FlagSource.Override, update.State, update.Percentage);
    }

    private static EffectiveFlag Overlay(EffectiveFlag flag, FlagSource source, FlagState? state, decimal? percentage) => flag with
    {
        Definition = flag.Definition with { State = state ?? flag.Definition.State, Percentage = percentage ?? flag.Definition.Percentage },
        Source = source,
        StateSource = state is null ? flag.StateSource : source,
        PercentageSource = percentage is null ? flag.PercentageSource : source,
    };

    private static FlagVariant[] Reweigh(IReadOnlyList<FlagVariant> variants, IReadOnlyDictionary<string, decimal> weights) =>
    [
        .. variants.Select(variant => weights.FirstOrDefault(
            weight => string.Equals(weight.Key, variant.Name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } found
            ? variant with { Weight = found.Value }
            : variant),
    ];
}
