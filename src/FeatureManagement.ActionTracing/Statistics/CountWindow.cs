namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>What is compared at one look: how many are at risk in each arm, and how many of them turned bad since the look before.</summary>
internal readonly record struct CountWindow(long Exposed, long Control, long BadExposed, long BadControl)
{
    /// <summary>The comparison that it is a part of, where windows of several are kept together; null where that is not known. Windows of different ones do not add up.</summary>
    public string? Stratum { get; init; }

    /// <summary>Whether there is somebody to compare with on both sides.</summary>
    public bool IsComparable => Exposed > 0 && Control > 0;

    /// <summary>Whether it says anything: there is somebody on both sides, and somebody turned bad.</summary>
    public bool IsInformative => IsComparable && BadExposed + BadControl > 0;

    /// <summary>Half as many windows: neighbours added together, two by two.</summary>
    public static IEnumerable<CountWindow> Halve(IEnumerable<CountWindow> windows) =>
        windows.Chunk(2).Select(static pair => pair.Length == 1 ? pair[0] : pair[0] + pair[1]);

    public static CountWindow operator +(CountWindow left, CountWindow right) =>
        new(left.Exposed + right.Exposed, left.Control + right.Control, left.BadExposed + right.BadExposed, left.BadControl + right.BadControl)
        {
            Stratum = left.Stratum == right.Stratum ? left.Stratum : null,
        };
}
