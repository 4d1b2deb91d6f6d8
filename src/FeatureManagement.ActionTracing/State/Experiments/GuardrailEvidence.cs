using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>
/// What speaks against one variant in one binary guardrail (G1). It grows from check to check: what is new at a
/// check is compared with the units that could have had it. Immutable.
/// </summary>
/// <remarks>
/// Where less is better, a unit that converted is bad. Where more is better the arms change places: conversions that
/// are more frequent in control speak against the variant.
/// </remarks>
internal sealed record GuardrailEvidence
{
    public static readonly GuardrailEvidence None = new();

    public CountEvidence Counts { get; init; } = CountEvidence.None;

    public IReadOnlyList<GuardrailStep> Steps { get; init; } = [];

    /// <summary>The evidence after a check.</summary>
    /// <param name="run">What is measured.</param>
    /// <param name="tally">The sums since the run began.</param>
    /// <param name="metric">The place of the guardrail.</param>
    /// <param name="variant">The place of the variant.</param>
    public GuardrailEvidence Check(ExperimentRun run, ExperimentTally tally, int metric, int variant)
    {
        return run.Steps.Aggregate(
            this,
            (evidence, step) => evidence.Check(run.Metrics[metric], step.Number, Sums(step, variant), Sums(step, run.Control)));

        (long Units, long Ones) Sums(ExperimentStep step, int arm) =>
            tally.Find(step.Number, arm)?.CountsOf(run.Metrics[metric], metric) ?? default;
    }

    /// <summary>
    /// How many times as frequent conversions are with the variant as with control, with bounds that hold at any time;
    /// null where one of them is not known.
    /// </summary>
    public ExperimentInterval? Ratio(ExperimentMetric metric, double alpha)
    {
        CountWindow[] windows = [.. Steps.SelectMany(step => step.Windows)];
        (double estimate, double low, double high) =
            (Counts.ExposedWeight / Counts.ControlWeight, RateRatios.Lower(windows, alpha), RateRatios.Upper(windows, alpha));
        if (metric.HigherIsBetter)
            (estimate, low, high) = (1 / estimate, 1 / high, 1 / low);
        if (double.IsFinite(estimate) && double.IsFinite(high))
            return new ExperimentInterval(estimate, low, high);
        return null;
    }

    private GuardrailEvidence Check(ExperimentMetric metric, int number, (long Units, long Ones) variant, (long Units, long Ones) control)
    {
        GuardrailStep step = Steps.FirstOrDefault(known => known.Number == number) ?? new GuardrailStep { Number = number };
        CountWindow sums;
        if (metric.HigherIsBetter)
            sums = new CountWindow(control.Units, variant.Units, control.Ones, variant.Ones);
        else
            sums = new CountWindow(variant.Units, control.Units, variant.Ones, control.Ones);
        CountWindow window =
            sums with { BadExposed = sums.BadExposed - step.Seen.BadExposed, BadControl = sums.BadControl - step.Seen.BadControl };
        if (metric.Window is not null)
        {
            // Here a unit turns bad as it comes in, when its window closes, so that only those who are new can have.
            // They wait until there are some in both arms.
            window = window with { Exposed = sums.Exposed - step.Seen.Exposed, Control = sums.Control - step.Seen.Control };
            if (!window.IsComparable)
                return this;
        }
        return this with
        {
            Counts = Counts.Add(window, tolerated: 1),
            Steps = [.. Steps.Where(known => known.Number != number), step.Add(sums, window)],
        };
    }
}
