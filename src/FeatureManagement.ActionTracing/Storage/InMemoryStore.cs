using FeatureManagement.ActionTracing.Storage.Evaluations;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>Keeps everything in memory, for as long as the process lives. Thread-safe.</summary>
internal sealed class InMemoryStore : IActionTracingStore
{
    public IStateStore State { get; } = new InMemoryState();

    public IUnitStore Units { get; } = new InMemoryUnits();

    public IEvaluationStore Evaluations { get; } = new InMemoryEvaluations();
}
