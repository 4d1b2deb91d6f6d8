namespace FeatureManagement.ActionTracing;

/// <summary>What kind of answer a flag gives.</summary>
public enum FlagType
{
    /// <summary>On or off (<c>boolean</c>).</summary>
    Boolean,

    /// <summary>On for a percentage of users (<c>percentage</c>).</summary>
    Percentage,

    /// <summary>On for named users and groups (<c>whitelist</c>).</summary>
    Whitelist,

    /// <summary>One of several variants (<c>multivariate</c>).</summary>
    Multivariate,
}
