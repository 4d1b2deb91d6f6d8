using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.OtherStore;

/// <summary>A complete store over lists, as an application could write it.</summary>
public sealed class ListStore : IActionTracingStore
{
    public IStateStore State { get; init; } = new ListState();

    public IUnitStore Units { get; init; } = new ListUnits();

    public IEvaluationStore Evaluations { get; init; } = new ListEvaluations();
}
