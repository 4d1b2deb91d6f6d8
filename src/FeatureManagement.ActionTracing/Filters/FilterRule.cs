using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>What a filter decides by. The library hands it back as the settings of each evaluation. Immutable but for caches; thread-safe.</summary>
internal abstract class FilterRule
{
    /// <param name="feature">The feature that the filter is evaluated for.</param>
    /// <param name="subject">Whom it is evaluated for.</param>
    public abstract bool IsOn(string feature, in Subject subject);
}
