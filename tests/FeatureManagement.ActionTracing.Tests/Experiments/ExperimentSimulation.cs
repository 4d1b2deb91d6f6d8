using System.Diagnostics.Metrics;
using System.Globalization;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>
/// A seeded experiment from its first unit to its first claim: through the assignment, the recorder, the writer, the sums and the analysis that run in production.
/// </summary>
internal sealed class ExperimentSimulation(int seed, int unitsPerCheck)
{
    public const int Checks = 288;

    private const string Name = "layout";

    private static readonly ServiceProvider Services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static readonly ExperimentConfig Config = new() { Control = "a", PrimaryMetric = "bought", Metrics = [Sums.Bought] };

    private readonly Random _random = new(seed);

    /// <summary>The weights of the variants a, b, c at a check.</summary>
    public required Func<int, decimal[]> Weights { get; init; }

    /// <summary>The rate of conversion at a check, of a variant by its place.</summary>
    public required Func<int, int, double> Rate { get; init; }

    /// <summary>The first claim, and how many units there were; no claim and all units where there is none.</summary>
    public async Task<(ExperimentVerdict Verdict, int Units)> RunAsync()
    {
        var store = new ExperimentUnits(new InMemoryUnits());
        var queue = new ExperimentQueue(Services.GetRequiredService<IMeterFactory>());
        var time = new FakeTimeProvider(Sums.Noon);
        var writer = new ExperimentWriter(queue, store);
        var evidence = new ExperimentEvidence();
        (ExperimentRun Run, VariantTable Variants, RunningExperiment Recorder)? now = null;
        decimal[]? weights = null;
        for (int check = 0; check < Checks; check++)
        {
            if (!ReferenceEquals(weights, Weights(check)))
            {
                weights = Weights(check);
                FlagDefinition flag = Flag(weights);
                ExperimentRun run = NextExperimentRun.Of(flag, now?.Run, time.GetUtcNow());
                var variants = new VariantTable(flag);
                now = (run, variants, new RunningExperiment(run, variants, queue, time));
            }
            See(now!.Value.Variants, now.Value.Recorder, check);
            await writer.FlushAsync(default);
            time.Advance(TimeSpan.FromMinutes(5));
            (ExperimentResult result, evidence) = ExperimentAnalysis.Check(now.Value.Run, await store.ReadAsync(now.Value.Run, default), evidence, time.GetUtcNow());
            if (result.Metrics[0].Comparisons.FirstOrDefault(comparison => comparison.Verdict is ExperimentVerdict.Better or ExperimentVerdict.Worse) is { } claim)
                return (claim.Verdict, (check + 1) * unitsPerCheck);
        }
        return (ExperimentVerdict.KeepRunning, Checks * unitsPerCheck);
    }

    private void See(VariantTable variants, RunningExperiment recorder, int check)
    {
        for (int i = 0; i < unitsPerCheck; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{seed}/{check * unitsPerCheck + i}");
            int variant = variants.Assign(key, ignoreCase: false, memo: null);
            recorder.Expose(variants, key, variant);
            if (_random.NextDouble() < Rate(check, variant))
                recorder.Record(key, 0, 1);
        }
    }

    private static FlagDefinition Flag(decimal[] weights) => new()
    {
        Name = Name,
        Type = FlagType.Multivariate,
        State = FlagState.Enabled,
        Variants = [.. weights.Select((weight, i) => new FlagVariant { Name = "abc"[i].ToString(), Weight = weight })],
        Experiment = Config,
    };
}
