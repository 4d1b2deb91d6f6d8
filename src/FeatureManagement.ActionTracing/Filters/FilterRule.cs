using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// The rule of a filter. Microsoft.FeatureManagement passes it as the settings of each evaluation. Immutable except for
/// caches; thread-safe.
/// </summary>
internal abstract class FilterRule
{
    /// <param name="feature">The feature that the filter is evaluated for.</param>
    /// <param name="subject">The subject of the evaluation.</param>
    public abstract bool IsOn(string feature, in Subject subject);
}
