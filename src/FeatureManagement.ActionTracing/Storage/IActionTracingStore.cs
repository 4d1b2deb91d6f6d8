namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// A complete store: run-time state with its audit, the units of experiments, and audited evaluations. Register one as a singleton.
/// </summary>
/// <remarks>
/// Each part is required and stays the same object. Parts are called from any thread, at the same time, and by several instances over one
/// store. A call that fails throws, and has then written everything or nothing. The token of a call bounds its time.
/// </remarks>
public interface IActionTracingStore
{
    /// <summary>Keeps the run-time state of flags and its audit.</summary>
    IStateStore State { get; }

    /// <summary>Keeps the units of experiments and their totals.</summary>
    IUnitStore Units { get; }

    /// <summary>Keeps audited evaluations.</summary>
    IEvaluationStore Evaluations { get; }
}
