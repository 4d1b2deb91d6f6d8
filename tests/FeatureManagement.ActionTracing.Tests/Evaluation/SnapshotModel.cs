using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

/// <summary>The rules of docs/evaluation.md, one after the other and slow: what a snapshot of these flags answers.</summary>
internal sealed class SnapshotModel(IReadOnlyList<FlagDefinition> flags, bool development)
{
    public (EvaluationReason Reason, string? DecidedBy) Decide(FlagDefinition flag, in Subject subject)
    {
        FlagDefinition[] family = Family(flag);
        if (family.FirstOrDefault(one => one.State == FlagState.EmergencyOff) is { } killed)
            return (EvaluationReason.Emergency, killed == flag ? null : killed.Name);
        if (EmergencyFlagAbove(flag, subject) is { } stop)
            return (EvaluationReason.EmergencyFlag, stop.Name);
        if (flag.State == FlagState.Disabled)
            return (EvaluationReason.Disabled, null);
        foreach (FlagDefinition ancestor in family.Skip(1))
        {
            if (!IsOn(Alone(ancestor, subject)))
                return (EvaluationReason.ParentOff, ancestor.Name);
        }
        return (Alone(flag, subject), null);
    }

    public static bool IsOn(EvaluationReason reason) => reason is EvaluationReason.Development or EvaluationReason.Enabled
        or EvaluationReason.Whitelisted or EvaluationReason.GroupListed or EvaluationReason.InPercentage;

    private FlagDefinition? EmergencyFlagAbove(FlagDefinition flag, Subject subject) => flags
        .Where(other => other.Priority < (flag.Priority ?? int.MaxValue))
        .OrderBy(other => other.Priority)
        .FirstOrDefault(other => Family(other).All(one => IsOn(Alone(one, subject))));

    private FlagDefinition[] Family(FlagDefinition flag)
    {
        List<FlagDefinition> family = [flag];
        while (ParentOf(family[^1]) is { } parent)
            family.Add(parent);
        return [.. family];
    }

    private FlagDefinition? ParentOf(FlagDefinition flag) =>
        flags.FirstOrDefault(other => string.Equals(other.Name, flag.Parent, StringComparison.OrdinalIgnoreCase));

    private EvaluationReason Alone(FlagDefinition flag, in Subject subject)
    {
        if (flag.State == FlagState.EmergencyOff)
            return EvaluationReason.Emergency;
        if (flag.State == FlagState.Disabled)
            return EvaluationReason.Disabled;
        if (flag.Parent is not null && ParentOf(flag) is null)
            return EvaluationReason.ParentOff;
        if (flag.State == FlagState.Development)
            return development ? EvaluationReason.Development : EvaluationReason.NotDevelopment;
        if (flag.State == FlagState.Enabled)
            return EvaluationReason.Enabled;
        return Listed(flag, subject);
    }

    private static EvaluationReason Listed(FlagDefinition flag, in Subject subject)
    {
        bool hasLists = flag.Whitelist.Count > 0 || flag.Groups.Count > 0;
        if (!hasLists && flag.Percentage == 100)
            return EvaluationReason.InPercentage;
        if (!hasLists && flag.Percentage == 0)
            return EvaluationReason.OutsidePercentage;
        if (subject.Key is not { } key)
            return EvaluationReason.UnknownContext;
        if (flag.Whitelist.Contains(subject.Identity))
            return EvaluationReason.Whitelisted;
        if (flag.Groups.Intersect(subject.Groups ?? []).Any())
            return EvaluationReason.GroupListed;
        if (flag.Percentage == 100 || Bucket.Hash(key, Bucket.Seed(flag.Name)) < Bucket.Threshold(flag.Percentage))
            return EvaluationReason.InPercentage;
        return EvaluationReason.OutsidePercentage;
    }
}
