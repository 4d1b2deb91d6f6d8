using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// Wraps units of work, so that they are traced where the flags say so, and so that rollouts see how the work fares. A singleton; every member may be
/// called from any thread at any time.
/// </summary>
public interface IActionTracer
{
    /// <summary>Begins an action. Flags that are evaluated until it ends, in whatever the code awaits or starts, are evaluated inside it.</summary>
    /// <param name="name">What is done, in few distinct words: not an id.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    /// <returns>The action. Dispose it where it was begun.</returns>
    /// <remarks>Of nested actions the outermost counts for rollouts. With tracing off and no rollout active, this allocates nothing.</remarks>
    TracedAction StartAction(string name, FeatureFlagContext? context = null);

    /// <summary>Says that a flag's own answer cut the current action short, so that it did not do the work that it would have done with the other answer.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <remarks>
    /// <c>[FeatureGate]</c>, <c>WithFeatureGate</c> and <c>[WithFeatureFlag]</c> say so themselves. The action then counts for the split between those
    /// who have the feature and those who do not, but not for the comparison of errors and latency.
    /// </remarks>
    void CutShort(string flag);
}
