using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// What this process knows of a rollout that it watches. One look at a time changes it; others may read what the last
/// one left.
/// </summary>
internal sealed class RolloutRun(string id, TimeSpan credited)
{
    // While the store is unavailable there is a copy at each check. Beyond this, every second one is left out, so that
    // two windows become one.
    private const int MaxUnsaved = 1_024;

    private volatile RolloutCheck? _last;
    private (RolloutLedger Before, RolloutLedger After, int Copies)? _added;

    public string Id => id;

    public RolloutLedger Ledger { get; set; } = new() { Id = id, MonitoredTime = credited };

    /// <summary>The ledger's version in the store; 0 before it was read.</summary>
    public long Version { get; set; }

    /// <summary>The timestamp since which time has not been counted.</summary>
    public long Mark { get; set; }

    /// <summary><see cref="RolloutLedger.Counted"/> as this process knows it.</summary>
    public long Counted { get; set; }

    /// <summary>The record at the step that <see cref="Key"/> is about; null before the first look.</summary>
    public RolloutRecord? At { get; set; }

    /// <summary>The key of this process's stratum.</summary>
    public string Key { get; set; } = "";

    /// <summary>The key of the stratum before, until it is folded.</summary>
    public string? Ended { get; set; }

    /// <summary>
    /// Copies that are not in the stored ledger yet, in order: what the step before had come to when a step was found
    /// that was not taken here, and what checks before their time saw. Each closes a window of the comparison.
    /// </summary>
    public List<RolloutStratum> Unsaved { get; } = [];

    /// <summary>Keeps a copy until it is saved.</summary>
    public void Keep(RolloutStratum copy)
    {
        if (Unsaved.Count >= MaxUnsaved)
        {
            // Of each step the last copy stays, for it has what the step had come to.
            RolloutStratum[] fewer =
                [.. Unsaved.Where((kept, i) => i % 2 == 1 || i == Unsaved.Count - 1 || Unsaved[i + 1].Key != kept.Key)];
            Unsaved.Clear();
            Unsaved.AddRange(fewer);
            _added = null;
        }
        Unsaved.Add(copy);
    }

    /// <summary>All copies are in the stored ledger.</summary>
    public void Saved()
    {
        Unsaved.Clear();
        _added = null;
    }

    /// <summary>
    /// A ledger with the copies that are not in it yet. Over the same ledger only those are added that came since the
    /// last time.
    /// </summary>
    public RolloutLedger WithUnsaved(RolloutRecord record, RolloutLedger ledger)
    {
        (RolloutLedger after, int from) = _added is { } added && ReferenceEquals(added.Before, ledger)
            ? (added.After, added.Copies)
            : (ledger, 0);
        for (int i = from; i < Unsaved.Count; i++)
            after = after.Add(record, Unsaved[i], ended: null);
        _added = (ledger, after, Unsaved.Count);
        return after;
    }

    /// <summary>The guards as they were last logged.</summary>
    public string Guards { get; set; } = "";

    /// <summary>What the last look left, or null before the first.</summary>
    public RolloutCheck? Last
    {
        get => _last;
        set => _last = value;
    }
}
