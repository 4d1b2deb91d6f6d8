namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// The exposures of one action, each once, however often a flag is asked and on however many threads. An action has its
/// own; none is ever reused, for a stray task may hold on to it. Thread-safe.
/// </summary>
internal sealed class ActionExposures
{
    // An action that asks for more units than this is a batch; what it asks for beyond is not recorded, in both arms alike.
    private const int Max = 1_000;

    private Exposure? _first; // nearly always the only one, so that it does without a lock
    private Rest? _rest;
    private volatile bool _ignored;
    private volatile bool _ended;

    /// <summary>Whether the action means nothing.</summary>
    public bool IsIgnored => _ignored;

    /// <summary>Records an answer of the bucket, unless it is recorded already. False where the action has ended.</summary>
    public bool Add(WatchedStep step, string key, bool exposed) =>
        // The usual case first: the same flag asked again for the same key.
        Volatile.Read(ref _first) is { } first && first.IsOf(step, key) || AddNew(step, key, step.HashOf(key), exposed);

    /// <summary>
    /// A gate of the flag answered, on or off: the arms did work of two kinds, so that the action compares for nothing.
    /// Both answers are noted, or else the slow page behind the gate would be compared with the fast pages before it.
    /// </summary>
    public void NoteGate(string flag)
    {
        Note(flag, Comparability.None);
        foreach (Exposure exposure in All())
            if (flag.Equals(exposure.Step.Flag, StringComparison.OrdinalIgnoreCase))
                BeginGated(exposure);
    }

    /// <summary>
    /// A method with a fallback answered, by itself or by its fallback, inside a larger action: it compares for errors,
    /// not for latency.
    /// </summary>
    public void NoteFallback(string flag) => Note(flag, Comparability.Errors);

    /// <summary>The action means nothing: what was recorded of it is taken back, and no more is recorded.</summary>
    public void Ignore()
    {
        // A second time it would take back what another action of the same user has recorded since. A full fence: adding
        // reads the mark after it has added, so one of the two sees the other.
        if (Interlocked.Exchange(ref _ignored, true))
            return;
        foreach (Exposure exposure in All())
            exposure.Step.Forget(exposure);
    }

    /// <summary>Ends the action, once.</summary>
    public void End(ActionOutcome outcome)
    {
        _ended = true;
        if (_ignored)
            return;
        if (Volatile.Read(ref _rest) is null) // nearly always
        {
            _first?.Step.Complete(_first, outcome, Comparability.Full);
            return;
        }
        foreach (Exposure exposure in All())
            exposure.Step.Complete(exposure, outcome, ComparabilityOf(exposure.Step.Flag));
    }

    private bool AddNew(WatchedStep step, string key, ulong hash, bool exposed)
    {
        if (_ended)
            return false;
        if (_ignored)
            return true;
        Exposure? added = null;
        if (_first is null && Interlocked.CompareExchange(ref _first, added = step.Expose(key, hash, exposed), null) is not null)
            added = null; // another thread was faster
        if (added is null && !_first!.IsOf(step, hash))
        {
            Rest rest = GetRest();
            lock (rest)
                if (rest.Others.Count < Max && !rest.Others.ContainsKey((step, hash)))
                    rest.Others.Add((step, hash), added = step.Expose(key, hash, exposed));
        }
        if (added is not null && _ignored)
            step.Forget(added);
        else if (added is not null && Volatile.Read(ref _rest) is not null && ComparabilityOf(step.Flag) == Comparability.None)
            BeginGated(added); // the gate had answered already
        return true;
    }

    private void BeginGated(Exposure exposure)
    {
        if (_ended || _ignored)
            return;
        exposure.Step.BeginGated(exposure);
        if (_ignored)
            exposure.Step.Forget(exposure);
    }

    private Exposure[] All()
    {
        Exposure? first = Volatile.Read(ref _first);
        if (Volatile.Read(ref _rest) is not { } rest)
            return first is null ? [] : [first];
        lock (rest)
            return first is null ? [.. rest.Others.Values] : [first, .. rest.Others.Values];
    }

    private void Note(string flag, Comparability comparability)
    {
        Rest rest = GetRest();
        lock (rest)
            rest.Comparability[flag] = rest.Comparability.TryGetValue(flag, out Comparability before) && before < comparability
                ? before
                : comparability;
    }

    private Comparability ComparabilityOf(string flag)
    {
        lock (_rest!) // asked only where there is one
            return _rest.Comparability.GetValueOrDefault(flag, Comparability.Full);
    }

    private Rest GetRest() => Volatile.Read(ref _rest) ?? Interlocked.CompareExchange(ref _rest, new Rest(), null) ?? _rest;

    /// <summary>What few actions have; it is its own lock.</summary>
    private sealed class Rest
    {
        public Dictionary<(WatchedStep Step, ulong Hash), Exposure> Others { get; } = [];

        public Dictionary<string, Comparability> Comparability { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
