using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A store in memory, of which a test replaces parts.</summary>
internal sealed class PartStore : IActionTracingStore
{
    private readonly InMemoryStore _rest = new();
    private readonly IStateStore? _state;
    private readonly IUnitStore? _units;
    private readonly IEvaluationStore? _evaluations;

    public IStateStore State { get => _state ?? _rest.State; init => _state = value; }

    public IUnitStore Units { get => _units ?? _rest.Units; init => _units = value; }

    public IEvaluationStore Evaluations { get => _evaluations ?? _rest.Evaluations; init => _evaluations = value; }
}
