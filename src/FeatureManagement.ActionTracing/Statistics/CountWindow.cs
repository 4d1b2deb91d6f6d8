namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>
/// The counts of one check: how many users are at risk in each arm, and how many of them turned bad since the check
/// before. Immutable.
/// </summary>
internal readonly record struct CountWindow(long Exposed, long Control, long BadExposed, long BadControl)
{
    private const int MaxKept = 1_024;

    /// <summary>
    /// The stratum, where windows of several are kept together; null where it is not known. Windows of different strata
    /// do not add up.
    /// </summary>
    public string? Stratum { get; init; }

    /// <summary>Whether both arms have users at risk.</summary>
    public bool IsComparable => Exposed > 0 && Control > 0;

    /// <summary>Whether it is comparable and a user turned bad.</summary>
    public bool IsInformative => IsComparable && BadExposed + BadControl > 0;

    /// <summary>
    /// Adds a window to those that are kept, unless it says nothing. Beyond the limit, neighbours inside a stratum are
    /// added together: across strata, a percentage and an error rate that rise together would look like a worsening.
    /// Only the bounds for people depend on windows, and not on their order.
    /// </summary>
    public static IReadOnlyList<CountWindow> Keep(IReadOnlyList<CountWindow> windows, CountWindow window)
    {
        if (!window.IsInformative)
            return windows;
        if (windows.Count < MaxKept)
            return [.. windows, window];
        return
        [
            .. windows.GroupBy(static kept => kept.Stratum)
                .SelectMany(static stratum => stratum.Key is null ? stratum : Halve(stratum)),
            window,
        ];
    }

    /// <summary>Half as many windows: neighbours are added together, two by two.</summary>
    public static IEnumerable<CountWindow> Halve(IEnumerable<CountWindow> windows) =>
        windows.Chunk(2).Select(static pair => pair.Length == 1 ? pair[0] : pair[0] + pair[1]);

    public static CountWindow operator +(CountWindow left, CountWindow right) =>
        new(
            left.Exposed + right.Exposed, left.Control + right.Control, left.BadExposed + right.BadExposed,
            left.BadControl + right.BadControl)
        {
            Stratum = left.Stratum == right.Stratum ? left.Stratum : null,
        };
}
