using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>The deciding values of a flag, as the audit writes them before and after a change: state, share and source always, the others where they changed. Immutable.</summary>
internal sealed record AuditValues(
    FlagState State,
    decimal Percentage,
    FlagSource Source,
    IReadOnlyList<string>? Whitelist,
    IReadOnlyList<string>? Groups,
    IReadOnlyDictionary<string, decimal>? Weights,
    string? Parent,
    int? Priority)
{
    public static (string? Before, string? After) Of(EffectiveFlag? before, EffectiveFlag? after) =>
        (before is null ? null : StoredJson.Write(Of(before, after?.Definition)), after is null ? null : StoredJson.Write(Of(after, before?.Definition)));

    /// <summary>State and share in few words, for the log.</summary>
    public static string Short(EffectiveFlag? flag) => flag is null ? "no flag"
        : flag.Definition.State is FlagState.Canary or FlagState.Rollout
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{FlagSpelling.Write(flag.Definition.State)} {flag.Definition.Percentage} %")
            : FlagSpelling.Write(flag.Definition.State);

    private static AuditValues Of(EffectiveFlag flag, FlagDefinition? other)
    {
        FlagDefinition definition = flag.Definition;
        bool variants = other is null || !definition.Variants.Select(Weight).SequenceEqual(other.Variants.Select(Weight));
        return new AuditValues(
            definition.State,
            definition.Percentage,
            flag.Source,
            other is null ? NullIfEmpty(definition.Whitelist) : definition.Whitelist.SequenceEqual(other.Whitelist) ? null : definition.Whitelist,
            other is null ? NullIfEmpty(definition.Groups) : definition.Groups.SequenceEqual(other.Groups) ? null : definition.Groups,
            variants && (definition.Variants.Count > 0 || other?.Variants.Count > 0) ? definition.Variants.ToDictionary(variant => variant.Name, variant => variant.Weight) : null,
            other?.Parent == definition.Parent && other is not null ? null : definition.Parent,
            other?.Priority == definition.Priority && other is not null ? null : definition.Priority);
    }

    private static (string, decimal) Weight(FlagVariant variant) => (variant.Name, variant.Weight);

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> list) => list.Count == 0 ? null : list;
}
