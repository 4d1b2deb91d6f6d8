namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>What is compared at one look: how many are at risk in each arm, and how many of them turned bad since the look before.</summary>
internal readonly record struct CountWindow(long Exposed, long Control, long BadExposed, long BadControl)
{
    /// <summary>Whether there is somebody to compare with on both sides.</summary>
    public bool IsComparable => Exposed > 0 && Control > 0;

    public static CountWindow operator +(CountWindow left, CountWindow right) =>
        new(left.Exposed + right.Exposed, left.Control + right.Control, left.BadExposed + right.BadExposed, left.BadControl + right.BadControl);
}
