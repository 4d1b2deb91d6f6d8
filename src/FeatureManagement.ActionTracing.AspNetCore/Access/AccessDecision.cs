namespace FeatureManagement.ActionTracing.AspNetCore.Access;

internal enum AccessDecision
{
    Allowed,

    /// <summary>The caller is not authenticated: 401.</summary>
    Unauthenticated,

    /// <summary>The caller is authenticated and does not meet the policy: 403.</summary>
    Forbidden,
}
