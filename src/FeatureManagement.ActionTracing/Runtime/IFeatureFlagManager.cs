using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>The flags of <c>ActionTracing</c>, asked directly. A singleton; every member may be called from any thread at any time.</summary>
/// <remarks>Evaluation takes no lock, allocates nothing and does no I/O; it never throws for what a flag or a context is like.</remarks>
public interface IFeatureFlagManager
{
    /// <summary>Whether a flag is on.</summary>
    /// <param name="flag">The flag's name, without regard to case. An unknown name is off.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    bool IsEnabled(string flag, FeatureFlagContext? context = null);

    /// <summary>The variant that a multivariate flag gives, or null where the flag is off, unknown or not multivariate.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    string? GetVariant(string flag, FeatureFlagContext? context = null);

    /// <summary>The answer with its reason and with where the deciding values came from.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    FlagEvaluation Evaluate(string flag, FeatureFlagContext? context = null);

    /// <summary>Every flag as it is now, in ordinal case-insensitive order of the names.</summary>
    IReadOnlyList<FlagStatus> GetAllFlags();

    /// <summary>One flag as it is now, or null where there is no such flag.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    FlagStatus? GetFlag(string flag);
}
