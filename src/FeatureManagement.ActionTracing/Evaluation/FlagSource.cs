namespace FeatureManagement.ActionTracing;

/// <summary>The layer that a value of a flag comes from, lowest first.</summary>
public enum FlagSource
{
    /// <summary>The flag is built in.</summary>
    BuiltIn,

    /// <summary>Configuration, with the overlay of its environment.</summary>
    Configuration,

    /// <summary>An update at run time.</summary>
    Override,

    /// <summary>A rollout.</summary>
    Rollout,

    /// <summary>An emergency.</summary>
    Emergency,
}
