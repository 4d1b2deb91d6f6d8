namespace FeatureManagement.ActionTracing.Actions;

/// <summary>What a safety check before its time judges.</summary>
[Flags]
internal enum EarlyCheck
{
    /// <summary>Thresholds, and actions behind gates: no matter what brought it about.</summary>
    Absolute = 1,

    /// <summary>The comparison with control, whose windows must be closed by what both arms did together.</summary>
    Comparison = 2,
}
