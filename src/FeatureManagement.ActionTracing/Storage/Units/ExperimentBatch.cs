using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>What is written in one transaction. Immutable.</summary>
/// <param name="Writer">The process that recorded it.</param>
/// <param name="Number">Counts the writer's batches: one that was written already is not written again.</param>
/// <param name="Run">What it belongs to.</param>
/// <param name="Events">What happened, in order.</param>
internal sealed record ExperimentBatch(string Writer, long Number, ExperimentRun Run, IReadOnlyList<ExperimentEvent> Events);
