namespace FeatureManagement.ActionTracing.Answering;

/// <summary>
/// The context of evaluations in an application that has no <c>ITargetingContextAccessor</c> of its own.
/// Microsoft.FeatureManagement never sees it.
/// </summary>
internal interface IFallbackContext
{
    /// <summary>Returns the context, or null where there is none.</summary>
    ValueTask<FeatureFlagContext?> GetContextAsync();
}
