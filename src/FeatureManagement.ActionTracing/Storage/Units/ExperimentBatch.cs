using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>Events that are written in one transaction. Immutable.</summary>
/// <param name="Writer">The instance that recorded them.</param>
/// <param name="Number">Counts the writer's batches. A batch that was written already is not written again.</param>
/// <param name="Run">The run that they belong to.</param>
/// <param name="Events">The events, in order.</param>
internal sealed record ExperimentBatch(string Writer, long Number, ExperimentRun Run, IReadOnlyList<ExperimentEvent> Events);
