namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>
/// The sums of a run, which an analysis needs and nothing else: they change with the units they are the sums of, in one
/// transaction. Used by one thread at a time.
/// </summary>
/// <remarks>
/// The rules: a unit belongs to the step and variant of its first exposure ever. Its outcomes count while that step
/// goes on, and only after the exposure. Without a window the first value counts, at once. With a window all values in
/// it are added up, and the unit counts when it has closed.
/// </remarks>
internal sealed class ExperimentTally
{
    /// <summary>How many units there are.</summary>
    public long Units { get; set; }

    public List<VariantTally> Arms { get; init; } = [];

    /// <summary>For each metric, the number of the last unit whose window has closed.</summary>
    public required long[] Closed { get; init; }

    public static ExperimentTally For(ExperimentRun run) => new() { Closed = new long[run.Metrics.Count] };

    public ExperimentTally Copy() => new() { Units = Units, Arms = [.. Arms.Select(arm => arm.Copy())], Closed = [.. Closed] };

    /// <summary>Takes in an event.</summary>
    /// <param name="run">What is measured.</param>
    /// <param name="unit">The unit as it was, or null for one that nobody has seen.</param>
    /// <param name="happened">The event.</param>
    /// <returns>The unit where it has changed, else null.</returns>
    public UnitRecord? Apply(ExperimentRun run, UnitRecord? unit, in ExperimentEvent happened)
    {
        if (happened.IsExposure)
            return Expose(unit, happened);
        if (unit is { } known)
            return Observe(known, run.Metrics[happened.Metric], happened);
        return null;
    }

    /// <summary>Whether the unit's window has closed at a time; the next unit to close is the one after <see cref="Closed"/>.</summary>
    public static bool IsOver(in UnitRecord unit, ExperimentMetric metric, long now) => unit.At + Milliseconds(metric) <= now;

    /// <summary>Counts a unit whose window has closed. One whose step ended before does not count.</summary>
    public void Close(ExperimentRun run, int metric, in UnitRecord unit)
    {
        Closed[metric] = unit.Number;
        ExperimentMetric measured = run.Metrics[metric];
        int step = unit.Step;
        if (run.Steps.FirstOrDefault(candidate => candidate.Number == step)?.Until is { } until
            && unit.At + Milliseconds(measured) > until.ToUnixTimeMilliseconds())
            return;
        VariantTally arm = Arm(unit.Step, unit.Variant);
        double value = double.IsNaN(unit.Values[metric]) ? 0 : unit.Values[metric];
        arm.Metrics[metric] = arm.Metrics[metric].Add(measured.Kind, Capped(measured, value));
    }

    private UnitRecord? Expose(UnitRecord? known, in ExperimentEvent happened)
    {
        if (known is not { } unit)
        {
            var values = new double[Closed.Length];
            Array.Fill(values, double.NaN);
            unit = new UnitRecord(happened.Unit, ++Units, happened.Step, happened.Variant, happened.At, 0, values);
            Arm(happened.Step, happened.Variant).Units++;
        }
        if (unit.SampledStep >= happened.Step)
            return null;
        Arm(happened.Step, happened.Variant).Sampled++;
        return unit with { SampledStep = happened.Step };
    }

    private UnitRecord? Observe(in UnitRecord unit, ExperimentMetric metric, in ExperimentEvent happened)
    {
        int place = happened.Metric;
        if (happened.Step != unit.Step)
            return null;
        double before = unit.Values[place];
        double value = 1;
        if (metric.Kind != MetricKind.Binary)
            value = happened.Value;
        if (metric.Window is not null)
        {
            if (unit.Number <= Closed[place] || happened.At > unit.At + Milliseconds(metric))
                return null;
            if (metric.Kind == MetricKind.Continuous && !double.IsNaN(before))
                value += before;
            if (value == before)
                return null;
            return With(unit, place, value);
        }
        if (!double.IsNaN(before))
            return null;
        VariantTally arm = Arm(unit.Step, unit.Variant);
        arm.Metrics[place] = arm.Metrics[place].Add(metric.Kind, Capped(metric, value));
        return With(unit, place, value);
    }

    private static UnitRecord With(in UnitRecord unit, int place, double value)
    {
        double[] values = [.. unit.Values];
        values[place] = value;
        return unit with { Values = values };
    }

    private static double Capped(ExperimentMetric metric, double value)
    {
        if (metric is { Kind: MetricKind.Continuous, Cap: { } cap })
            return Math.Min(value, cap);
        return value;
    }

    private static long Milliseconds(ExperimentMetric metric) => (long)(metric.Window?.TotalMilliseconds ?? 0);

    /// <summary>The sums of one variant in one step; null where nobody was there.</summary>
    public VariantTally? Find(int step, int variant)
    {
        foreach (VariantTally arm in Arms)
            if (arm.Step == step && arm.Variant == variant)
                return arm;
        return null;
    }

    private VariantTally Arm(int step, int variant)
    {
        if (Find(step, variant) is { } known)
            return known;
        var added = new VariantTally { Step = step, Variant = variant, Metrics = new MetricTally[Closed.Length] };
        Arms.Add(added);
        return added;
    }
}
