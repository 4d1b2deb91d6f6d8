using System.Globalization;
using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// Decides what a change makes of a flag's record: pure functions of the configured flag, its run-time state and the
/// request.
/// </summary>
internal static class FlagChanges
{
    public static FlagRecord Update(FlagDefinition configured, FlagRecord record, FlagUpdate update, DateTimeOffset now)
    {
        IReadOnlyList<string> faults = Faults(configured, update);
        if (faults.Count > 0)
            throw new FlagChangeException(FlagChangeError.Invalid, faults);
        if (update.State is not null || update.Percentage is not null)
        {
            if (InEmergency(configured, record))
                throw Conflict($"Flag '{configured.Name}' is in emergency; its state and percentage cannot be "
                    + "updated. Clear the emergency first.");
            if (record.Rollout is not null)
                throw Conflict($"Flag '{configured.Name}' is rolling out; its state and percentage cannot be "
                    + "updated. Roll it back or complete it first.");
        }

        var answer = Baseline.Of(configured);
        FlagOverride before;
        if (record.Override is { } existing && existing.Baseline == answer)
            before = existing;
        else
            before = new FlagOverride { Baseline = answer };
        return record with
        {
            Override = before with
            {
                State = update.State ?? before.State,
                Percentage = update.Percentage ?? before.Percentage,
                Whitelist = update.Whitelist ?? before.Whitelist,
                Groups = update.Groups ?? before.Groups,
                Weights = update.Weights is null ? before.Weights : Merge(before.Weights, update.Weights),
            },
            At = now,
        };
    }

    public static FlagRecord Reset(FlagDefinition configured, FlagRecord record, DateTimeOffset now)
    {
        if (record.Override is null)
            throw Conflict($"Flag '{configured.Name}' has no override to reset; it is what configuration says.");
        if (record.Rollout is not null)
            throw Conflict($"Flag '{configured.Name}' is rolling out; its override cannot be reset. Roll it "
                + "back or complete it first.");
        return record with { Override = null, At = now };
    }

    /// <summary>The first emergency remains: another call while it lasts changes nothing.</summary>
    public static FlagRecord Shutdown(FlagDefinition configured, FlagRecord record, FlagEmergency emergency)
    {
        if (record.Emergency is not null)
            return record;
        return RolloutEnds.End(
            configured, record, RolloutPhase.RolledBack, emergency.Actor,
            FlagChange.Cut($"emergency: {emergency.Reason}"), emergency.At) with
        {
            Emergency = emergency,
            At = emergency.At,
        };
    }

    public static FlagRecord Clear(FlagDefinition configured, FlagRecord record, DateTimeOffset now)
    {
        if (record.Emergency is not null)
            return record with { Emergency = null, At = now };
        throw Conflict(configured is { State: FlagState.EmergencyOff } or { State: FlagState.Enabled, Priority: not null }
            ? $"Flag '{configured.Name}' is in emergency by configuration: change ActionTracing:featureFlags:{configured.Name}:state there."
            : $"Flag '{configured.Name}' is not in emergency.");
    }

    /// <summary>The record without the override and the rollout over a baseline that is no longer configured.</summary>
    public static FlagRecord Reconcile(FlagDefinition configured, FlagRecord record, Baseline ended, DateTimeOffset now)
    {
        bool update = record.Override?.Baseline == ended;
        bool rollout = record.Rollout?.Baseline == ended;
        if (rollout)
            record = RolloutEnds.End(
                configured, record, RolloutPhase.RolledBack, "configuration",
                "configuration changed what the flag answers", now);
        if (!update && !rollout)
            return record;
        return record with { Override = update ? null : record.Override, At = now };
    }

    private static bool InEmergency(FlagDefinition configured, FlagRecord record) =>
        record.Emergency is not null || configured.State == FlagState.EmergencyOff;

    /// <summary>All that is wrong with an update, in any state of the flag: a sentence each.</summary>
    public static IReadOnlyList<string> Faults(FlagDefinition configured, FlagUpdate update)
    {
        var errors = new List<string>();
        if (update is { State: null, Percentage: null, Whitelist: null, Groups: null, Weights: null })
            errors.Add("the update is empty; give a state, percentage, whitelist, groups or variants");
        if (update.State == FlagState.EmergencyOff)
            errors.Add("state cannot be updated to 'emergency_off'; use the kill switch instead");
        if (update.Percentage is < 0 or > 100)
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"percentage is {update.Percentage}; it must be between 0 and 100"));
        if (update.Whitelist?.Any(string.IsNullOrEmpty) == true)
            errors.Add("whitelist has an empty id; remove it");
        if (update.Groups?.Any(string.IsNullOrEmpty) == true)
            errors.Add("groups has an empty name; remove it");
        if (update.Whitelist?.Any(id => id is not null && !StorableText.IsStorable(id)) == true)
            errors.Add("whitelist has an id with U+0000 or an unpaired surrogate, which cannot be stored; remove it");
        if (update.Groups?.Any(name => name is not null && !StorableText.IsStorable(name)) == true)
            errors.Add("groups has a name with U+0000 or an unpaired surrogate, which cannot be stored; remove it");
        foreach ((string variant, decimal weight) in update.Weights ?? new Dictionary<string, decimal>())
        {
            if (!configured.Variants.Any(known => string.Equals(known.Name, variant, StringComparison.OrdinalIgnoreCase)))
                errors.Add($"it has no variant '{variant}'"
                    + (NearestName.Find(variant, configured.Variants.Select(known => known.Name)) is { } nearest
                        ? $"; did you mean '{nearest}'?"
                        : ""));
            else if (weight is <= 0 or > FlagVariant.MaxWeight)
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"the weight of variant '{variant}' "
                    + $"is {weight}; it must be greater than 0 and at most {FlagVariant.MaxWeight}"));
        }
        return [.. errors.Select(error => $"Flag '{configured.Name}': {error}.")];
    }

    private static Dictionary<string, decimal> Merge(
        IReadOnlyDictionary<string, decimal>? before, IReadOnlyDictionary<string, decimal> update)
    {
        var merged = new Dictionary<string, decimal>(before ?? new Dictionary<string, decimal>(), StringComparer.OrdinalIgnoreCase);
        foreach ((string variant, decimal weight) in update)
            merged[variant] = weight;
        return merged;
    }

    private static FlagChangeException Conflict(string message) => new(FlagChangeError.Conflict, message);
}
