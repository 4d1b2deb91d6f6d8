using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>
/// Keeps the runs and steps of experiments in line with the flags. A step is stored before anything is recorded in it.
/// Called by one thread at a time, except for reading.
/// </summary>
internal sealed class ExperimentRuns(
    SnapshotSource source, BoundedStore store, ExperimentQueue queue, AmbientAction action, TimeProvider time)
{
    private const int MaxAttempts = 5;
    private const string Prefix = "experiment/";

    private readonly Dictionary<string, FlagObservers> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _ended = new(StringComparer.OrdinalIgnoreCase);
    private FlagSnapshot? _seen;

    /// <summary>The runs that record now.</summary>
    public IReadOnlyList<ExperimentRun> Running =>
        [.. _running.Values.Select(cell => cell.Experiment).OfType<RunningExperiment>().Select(running => running.Run)];

    /// <summary>The flags whose experiment has ended since the last call.</summary>
    public string[] TakeEnded()
    {
        string[] ended = [.. _ended];
        _ended.Clear();
        return ended;
    }

    /// <summary>Begins what the flags in force ask for, and ends what they no longer do.</summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        FlagSnapshot snapshot = source.Current;
        if (ReferenceEquals(snapshot, _seen))
            return;
        foreach (CompiledFlag flag in snapshot.Flags.ToArray())
            if (flag.Definition.Experiment is not null && flag.Variants is { } variants && flag.Definition.Variants.Count > 1)
                await BeginAsync(flag, variants, cancellationToken).ConfigureAwait(false);
        foreach (string flag in _running.Keys.Where(flag => snapshot.Find(flag) is not { Definition.Experiment: not null } found
            || !ReferenceEquals(found.Observers, _running[flag])).ToArray())
            End(flag);
        _seen = snapshot; // only now: what failed is tried again
    }

    /// <summary>The last run of a flag, or null.</summary>
    public async Task<ExperimentRun?> FindAsync(string flag, CancellationToken cancellationToken) =>
        (await ReadAsync(KeyOf(flag), cancellationToken).ConfigureAwait(false)).Run;

    /// <summary>The flags of all stored runs, in any spelling.</summary>
    public async Task<IReadOnlyList<string>> StoredAsync(CancellationToken cancellationToken)
    {
        StoreChanges found = await store.State.ReadAsync(Prefix, 0, cancellationToken).ConfigureAwait(false);
        return [.. found.Documents.Where(document => document.Json is not null).Select(document => document.Key[Prefix.Length..])];
    }

    private async Task BeginAsync(CompiledFlag flag, VariantTable variants, CancellationToken cancellationToken)
    {
        if (flag.Observers.Experiment is RunningExperiment running
            && ReferenceEquals(running.Run.Config, flag.Definition.Experiment)
            && running.Covers(variants))
            return;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            (ExperimentRun? before, long version) = await ReadAsync(KeyOf(flag.Name), cancellationToken).ConfigureAwait(false);
            ExperimentRun run = NextExperimentRun.Of(flag.Definition, before, time.GetUtcNow());
            if (!ReferenceEquals(run, before))
            {
                var write = new DocumentWrite(KeyOf(flag.Name), StoredJson.Write(run), version);
                CommitResult result = await store.State.CommitAsync(new StoreCommit([write], []), cancellationToken).ConfigureAwait(false);
                if (!result.IsCommitted)
                    continue;
            }
            Begin(flag, variants, run with { Config = flag.Definition.Experiment! });
            return;
        }
    }

    private void Begin(CompiledFlag flag, VariantTable variants, ExperimentRun run)
    {
        if (_running.TryAdd(flag.Name, flag.Observers))
            action.BeginRecording();
        _running[flag.Name] = flag.Observers;
        flag.Observers.Experiment = new RunningExperiment(run, variants, queue, time);
    }

    private void End(string flag)
    {
        _running.Remove(flag, out FlagObservers? cell);
        cell!.Experiment = null;
        _ended.Add(flag);
        action.EndRecording();
    }

    private async Task<(ExperimentRun? Run, long Version)> ReadAsync(string key, CancellationToken cancellationToken)
    {
        StoredDocument? document = await store.State.FindAsync(key, cancellationToken).ConfigureAwait(false);
        return (document?.Json is { } json ? StoredJson.Read<ExperimentRun>(json) : null, document?.Version ?? 0);
    }

    private static string KeyOf(string flag) => Prefix + FlagKey.Of(flag);
}
