using System.Runtime.InteropServices;
using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>Converts between rows and texts of a store and what experiments compute with. Pure.</summary>
internal static class UnitConversion
{
    public static ExperimentTally Tally(string? totals, ExperimentRun run)
    {
        if (totals is null)
            return ExperimentTally.For(run);
        return StoredJson.Read<ExperimentTally>(totals);
    }

    public static UnitRecord Record(UnitRow row, ExperimentRun run)
    {
        var values = new double[run.Metrics.Count];
        if (row.Outcomes.IsEmpty)
            Array.Fill(values, double.NaN);
        else
            MemoryMarshal.Cast<byte, double>(row.Outcomes.Span).CopyTo(values);
        return new UnitRecord((ulong)row.Hash, row.Number, row.Step, row.Variant, row.At, row.SampledStep, values);
    }

    public static UnitRow Row(in UnitRecord unit) => new()
    {
        Hash = (long)unit.Hash,
        Number = unit.Number,
        Step = unit.Step,
        Variant = unit.Variant,
        At = unit.At,
        SampledStep = unit.SampledStep,
        Outcomes = unit.Values.All(double.IsNaN) ? default : MemoryMarshal.AsBytes(unit.Values.AsSpan()).ToArray(),
    };
}
