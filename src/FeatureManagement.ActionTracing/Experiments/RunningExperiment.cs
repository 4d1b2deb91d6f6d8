using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>An experiment that records now, in one of its steps. Thread-safe.</summary>
internal sealed class RunningExperiment(
    ExperimentRun run, VariantTable variants, ExperimentQueue queue, TimeProvider time) : IVariantObserver
{
    private readonly long _seed = SeedOf(run.Flag);
    private readonly SeenUnits _seen = new();
    private volatile VariantTable _variants = variants;

    public ExperimentRun Run => run;

    public static long SeedOf(string flag) => Bucket.Seed(flag + "\nexperiment");

    /// <summary>
    /// Records that a unit got a variant. Nothing happens where the weights are not those of the step: the next step is
    /// about to begin.
    /// </summary>
    public void Expose(VariantTable given, string? key, int variant)
    {
        if (variant < 0 || key is null or FeatureFlagContext.DefaultKey || !Covers(given))
            return;
        ulong unit = Bucket.Hash(key, _seed);
        if (_seen.Contains(unit))
            return;
        // What the queue has no room for is not remembered either, so that the next exposure is recorded.
        if (queue.TryAdd(run, new ExperimentEvent(unit, -1, 0, run.Step.Number, variant, Now())))
            _seen.Add(unit);
    }

    public void Record(string key, int metric, double value) =>
        queue.TryAdd(run, new ExperimentEvent(Bucket.Hash(key, _seed), metric, value, run.Step.Number, -1, Now()));

    public bool Covers(VariantTable given)
    {
        if (ReferenceEquals(given, _variants))
            return true;
        if (!given.Ranges.SequenceEqual(_variants.Ranges))
            return false;
        _variants = given;
        return true;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
