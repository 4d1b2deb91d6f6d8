using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Storage.Audit;

/// <summary>
/// The deciding values of a flag, as the audit writes them before and after a change: state, percentage and source always,
/// the others where they changed. Immutable.
/// </summary>
internal sealed record AuditValues(
    FlagState State,
    decimal Percentage,
    FlagSource Source,
    AuditList? Whitelist,
    AuditList? Groups,
    IReadOnlyDictionary<string, decimal>? Weights,
    int? MoreWeights,
    string? Parent,
    int? Priority)
{
    private const int MaxNumber = 15;

    public static (string? Before, string? After) Of(EffectiveFlag? before, EffectiveFlag? after) => (
        before is null ? null : StoredJson.Write(Of(before, after?.Definition, AuditList.Before)),
        after is null ? null : StoredJson.Write(Of(after, before?.Definition, static (list, other) => AuditList.After(other, list))));

    /// <summary>State and percentage in few words, for the log.</summary>
    public static string Short(EffectiveFlag? flag)
    {
        if (flag is null)
            return "no flag";
        if (flag.Definition.State is FlagState.Canary or FlagState.Rollout)
            return string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{FlagSpelling.Write(flag.Definition.State)} {flag.Definition.Percentage} %");
        return FlagSpelling.Write(flag.Definition.State);
    }

    private static AuditValues Of(
        EffectiveFlag flag, FlagDefinition? other,
        Func<IReadOnlyList<string>, IReadOnlyList<string>, AuditList> listOf)
    {
        FlagDefinition definition = flag.Definition;
        bool variants = other is null || !definition.Variants.Select(Weight).SequenceEqual(other.Variants.Select(Weight));
        Dictionary<string, decimal>? weights = null;
        if (variants && (definition.Variants.Count > 0 || other?.Variants.Count > 0))
            weights = WeightsOf(definition.Variants);
        return new AuditValues(
            definition.State,
            definition.Percentage,
            flag.Source,
            List(definition.Whitelist, other?.Whitelist),
            List(definition.Groups, other?.Groups),
            weights,
            weights is null || weights.Count == definition.Variants.Count ? null : definition.Variants.Count - weights.Count,
            other?.Parent == definition.Parent && other is not null ? null : definition.Parent,
            other?.Priority == definition.Priority && other is not null ? null : definition.Priority);

        AuditList? List(IReadOnlyList<string> list, IReadOnlyList<string>? others)
        {
            if (others is null)
                return list.Count == 0 ? null : listOf(list, []);
            if (list.SequenceEqual(others))
                return null;
            return listOf(list, others);
        }
    }

    private static (string, decimal) Weight(FlagVariant variant) => (variant.Name, variant.Weight);

    // As many as fit.
    private static Dictionary<string, decimal> WeightsOf(IReadOnlyList<FlagVariant> variants)
    {
        var weights = new Dictionary<string, decimal>();
        int size = 0;
        foreach (FlagVariant variant in variants)
        {
            string name = ForeignText.Quote(variant.Name);
            if ((size += AuditList.SizeOf(name) + MaxNumber) > AuditList.MaxBytes)
                break;
            weights[name] = variant.Weight;
        }
        return weights;
    }
}
