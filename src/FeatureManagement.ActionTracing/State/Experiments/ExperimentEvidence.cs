using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>What earlier checks leave, in a document of its own. Immutable.</summary>
internal sealed record ExperimentEvidence
{
    private const int MaxTimes = 200;

    public int Run { get; init; }

    /// <summary>The smallest p-value of each comparison, by metric and variant.</summary>
    public IReadOnlyDictionary<string, double> PValues { get; init; } = new Dictionary<string, double>();

    /// <summary>What speaks against variants in binary guardrails, by metric and variant.</summary>
    public IReadOnlyDictionary<string, GuardrailEvidence> Guardrails { get; init; } = new Dictionary<string, GuardrailEvidence>();

    /// <summary>What guardrails have said against variants, by metric and variant, as the check that found it. Final.</summary>
    public IReadOnlyDictionary<string, ExperimentComparison> Final { get; init; } = new Dictionary<string, ExperimentComparison>();

    /// <summary>The largest evidence of a sample ratio mismatch, as a logarithm.</summary>
    [JsonPropertyName("splitLogE")]
    public double SampleRatioLogE { get; init; }

    /// <summary>The last check, without its history; null where an earlier release wrote the evidence.</summary>
    public ExperimentResult? Result { get; init; }

    public IReadOnlyList<ExperimentPoint> History { get; init; } = [];

    public double PValueOf(string metric, string variant) => PValues.GetValueOrDefault(Key(metric, variant), 1);

    public GuardrailEvidence GuardrailOf(string metric, string variant) =>
        Guardrails.GetValueOrDefault(Key(metric, variant), GuardrailEvidence.None);

    public ExperimentComparison? FinalOf(string metric, string variant) => Final.GetValueOrDefault(Key(metric, variant));

    /// <summary>The evidence with what binary guardrails have seen since the last check.</summary>
    public ExperimentEvidence Check(ExperimentRun run, ExperimentTally tally)
    {
        var guardrails = new Dictionary<string, GuardrailEvidence>(Guardrails);
        for (int place = 0; place < run.Metrics.Count; place++)
            if (run.Metrics[place] is { Role: MetricRole.Guardrail, Kind: MetricKind.Binary } metric)
                for (int variant = 0; variant < run.Variants.Count; variant++)
                    if (variant != run.Control)
                        guardrails[Key(metric.Name, run.Variants[variant])] =
                            GuardrailOf(metric.Name, run.Variants[variant]).Check(run, tally, place, variant);
        return this with { Guardrails = guardrails };
    }

    /// <summary>The evidence after a check. Points of the history are kept for some times only, evenly thinned.</summary>
    public ExperimentEvidence Add(ExperimentResult check, double sampleRatioLogE, TimeSpan interval)
    {
        var values = check.Metrics
            .SelectMany(metric => metric.Comparisons.Where(comparison => comparison.PValue < 1)
                .Select(comparison => (Key: Key(metric.Name, comparison.Variant), comparison.PValue)))
            .ToDictionary(pair => pair.Key, pair => pair.PValue);
        Dictionary<string, ExperimentComparison> final = check.Metrics
            .SelectMany(metric => metric.Comparisons.Where(comparison => comparison.DecidedAt is not null)
                .Select(comparison => (Key: Key(metric.Name, comparison.Variant), Comparison: comparison)))
            .ToDictionary(pair => pair.Key, pair => pair.Comparison);
        IReadOnlyList<ExperimentPoint> history = History;
        if (history.Count == 0 || check.At - history[^1].At >= interval)
            history = Thin([.. history, .. check.Metrics[0].Comparisons
                .Where(comparison => comparison.Difference is not null)
                .Select(comparison => new ExperimentPoint(check.At, comparison.Variant, check.Units, comparison.Difference!))]);
        return this with
        {
            Run = check.Run,
            PValues = values,
            Final = final,
            SampleRatioLogE = Math.Max(SampleRatioLogE, sampleRatioLogE),
            History = history,
        };
    }

    private static ExperimentPoint[] Thin(ExperimentPoint[] points)
    {
        DateTimeOffset[] times = [.. points.Select(point => point.At).Distinct()];
        if (times.Length <= MaxTimes)
            return points;
        HashSet<DateTimeOffset> kept = [.. times.Where((_, place) => place % 2 == 0), times[^1]];
        return [.. points.Where(point => kept.Contains(point.At))];
    }

    // Configuration has no name with a colon in it.
    private static string Key(string metric, string variant) => metric + ":" + variant;
}
