namespace FeatureManagement.ActionTracing.Actions;

/// <summary>That a flag answered for a unit inside an action. Immutable, but for what its step notes in it.</summary>
internal sealed class Exposure(WatchedStep step, string key, ulong hash, Unit unit, bool exposed)
{
    /// <summary>The step in which it did.</summary>
    public WatchedStep Step { get; } = step;

    /// <summary>The unit's bucketing key.</summary>
    public string Key { get; } = key;

    /// <summary>The unit's hash within the flag.</summary>
    public ulong Hash { get; } = hash;

    /// <summary>Where the unit is remembered.</summary>
    public Unit Unit { get; } = unit;

    /// <summary>The answer.</summary>
    public bool Exposed { get; } = exposed;

    /// <summary>
    /// What the action counts for behind a gate of the flag; null where none has answered. Under the lock of the unit's
    /// stripe.
    /// </summary>
    public GatedVisit? Gated { get; set; }

    public bool IsOf(WatchedStep step, string key) => ReferenceEquals(Step, step) && ReferenceEquals(Key, key);

    public bool IsOf(WatchedStep step, ulong hash) => ReferenceEquals(Step, step) && Hash == hash;
}
