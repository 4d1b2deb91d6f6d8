namespace FeatureManagement.ActionTracing.AspNetCore.Access;

internal enum AccessDecision
{
    Allowed,

    /// <summary>The caller has not said who it is: 401.</summary>
    Unknown,

    /// <summary>The caller is known and may not: 403.</summary>
    Forbidden,
}
