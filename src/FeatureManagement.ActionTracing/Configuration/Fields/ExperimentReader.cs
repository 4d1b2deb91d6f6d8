using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.Fields;

/// <summary>Reads an <c>experiment</c>.</summary>
internal static class ExperimentReader
{
    private const int MaxKnown = 10;

    public static ExperimentConfig? Read(SettingFields flag, FlagType? type, IReadOnlyList<FlagVariant> variants)
    {
        SettingFields fields = flag.Below("experiment", SettingNames.Experiment);
        if (!fields.IsPresent)
            return null;
        if (type is { } other and not FlagType.Multivariate)
            flag.Fault("experiment", $"compares the variants of a multivariate flag, and this one "
                + $"is {FlagSpelling.Write(other)}; make it multivariate, or remove the experiment");
        else if (variants.Count == 1)
            flag.Fault("experiment", "compares variants, and there is only one; add another");
        var metrics = new List<ExperimentMetric>();
        var roles = new Dictionary<string, MetricRole>();
        foreach ((string name, SettingFields metric) in fields.Map("metrics", SettingNames.Metric))
        {
            MetricKind? kind = metric.Choice<MetricKind>("kind");
            if (kind is null && metric.Node("kind") is null)
                metric.Fault("kind", "is missing; it must be one of " + string.Join(", ", FlagSpelling.All<MetricKind>()));
            if (metric.Choice<MetricRole>("role") is { } role)
                roles[name] = role;
            metrics.Add(new ExperimentMetric
            {
                Name = name,
                Kind = kind ?? default,
                HigherIsBetter = metric.Bool("higherIsBetter") ?? true,
                Role = roles.GetValueOrDefault(name, MetricRole.Secondary),
                Cap = metric.Rate("cap", -1e15, 1e15),
                Window = metric.Duration("window", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(3_650)),
            });
        }

        string control = Named(fields, "control", "variant", variants.Select(variant => variant.Name));
        string primary = Named(fields, "primaryMetric", "metric", metrics.Select(metric => metric.Name));
        // One metric decides: with two, whichever came first would have.
        foreach (ExperimentMetric metric in metrics.Where(
            metric => metric.Role == MetricRole.Primary && metric.Name != primary && primary.Length > 0))
            fields.Fault(
                $"metrics.{ForeignText.Quote(metric.Name)}.role",
                $"is primary, and primaryMetric is {ForeignText.Quote(primary)}; make it secondary or guardrail");
        if (roles.TryGetValue(primary, out MetricRole said) && said != MetricRole.Primary)
            fields.Fault(
                $"metrics.{ForeignText.Quote(primary)}.role",
                $"is {FlagSpelling.Write(said)}, and it is the primaryMetric; make it primary, or name another primaryMetric");
        return new ExperimentConfig
        {
            Control = control,
            PrimaryMetric = primary,
            Metrics = [.. metrics.Select(metric => metric.Name == primary ? metric with { Role = MetricRole.Primary } : metric)
                .OrderBy(metric => metric.Name, StringComparer.OrdinalIgnoreCase)],
            PlannedUnits = fields.Integer("plannedUnits", 1, int.MaxValue) ?? 10_000,
            Alpha = fields.Rate("alpha", 0, 1, open: true) ?? 0.05,
        };
    }

    private static string Known(string[] names) =>
        string.Join(", ", names.Take(MaxKnown).Select(ForeignText.Quote))
            + (names.Length > MaxKnown ? $" and {names.Length - MaxKnown} more" : "");

    /// <summary>A name that must be one of those known, in their spelling.</summary>
    private static string Named(SettingFields fields, string field, string what, IEnumerable<string> known)
    {
        string[] names = [.. known];
        if (fields.Text(field) is not { Length: > 0 } name)
        {
            if (fields.Node(field) is not { HasChildren: true })
                fields.Fault(field, $"is missing; it must name a {what}");
            return "";
        }
        if (names.FirstOrDefault(candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
            return found;
        fields.Fault(field, $"is {ForeignText.Quote(name)}, and there is no such {what}; "
            + (NearestName.Find(name, names) is { } nearest ? $"did you mean {nearest}?" : $"known are {Known(names)}"));
        return name;
    }
}
