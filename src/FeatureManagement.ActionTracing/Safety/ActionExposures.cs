namespace FeatureManagement.ActionTracing.Safety;

/// <summary>
/// The exposures of one action, each once, however often a flag is asked and on however many threads. An action has its own; none is ever reused, for a
/// stray task may hold on to it. Thread-safe.
/// </summary>
internal sealed class ActionExposures
{
    // An action that asks for more units than this is a batch; what it asks for beyond is not recorded, in both arms alike.
    private const int Max = 1_000;

    private readonly Lock _gate = new();
    private Exposure[] _exposures = [];
    private volatile int _count;
    private List<string>? _cutShort;
    private List<(string Flag, GateKind Kind)>? _off;
    private bool _ended;

    /// <summary>Records an answer that the bucket gave, unless it is recorded already. False where the action has ended.</summary>
    public bool Add(WatchedStep step, string key, bool exposed)
    {
        // The usual case first: the same flag asked again for the same key. What is below the count never changes.
        int count = _count;
        ReadOnlySpan<Exposure> known = Volatile.Read(ref _exposures).AsSpan(0, count);
        for (int i = known.Length - 1; i >= 0; i--)
            if (ReferenceEquals(known[i].Step, step) && ReferenceEquals(known[i].Key, key))
                return true;
        return AddNew(step, key, step.HashOf(key), exposed);
    }

    /// <summary>The flag's own answer ended the work early: the action is not comparable for it.</summary>
    public void CutShort(string flag)
    {
        lock (_gate)
            if (!_ended)
                (_cutShort ??= []).Add(flag);
    }

    /// <summary>A per-request snapshot answered off, as gates ask it: without a context.</summary>
    public void NoteOff(string flag, GateKind kind)
    {
        lock (_gate)
            if (!_ended)
                (_off ??= []).Add((flag, kind));
    }

    /// <summary>The flags that answered off to gates of a kind.</summary>
    public IEnumerable<string> OffAt(GateKind kind)
    {
        lock (_gate)
            return _off is null ? [] : [.. _off.Where(answer => answer.Kind == kind).Select(answer => answer.Flag)];
    }

    /// <summary>Ends the action. Without an outcome, its exposures count for the split and for nothing else.</summary>
    public void End(ActionOutcome? outcome)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }
        if (outcome is not { } known)
            return;
        foreach (ref readonly Exposure exposure in _exposures.AsSpan(0, _count))
            if (_cutShort is null || !_cutShort.Contains(exposure.Step.Flag, StringComparer.OrdinalIgnoreCase))
                exposure.Step.Complete(exposure, known);
    }

    private bool AddNew(WatchedStep step, string key, ulong hash, bool exposed)
    {
        lock (_gate)
        {
            if (_ended)
                return false;
            for (int i = 0; i < _count; i++)
                if (ReferenceEquals(_exposures[i].Step, step) && _exposures[i].Hash == hash)
                    return true;
            if (_count == Max)
                return true;
            if (_count == _exposures.Length)
            {
                var more = new Exposure[Math.Max(2, _count * 2)];
                _exposures.CopyTo(more, 0);
                Volatile.Write(ref _exposures, more);
            }
            _exposures[_count] = step.Expose(key, hash, exposed);
            _count++;
            return true;
        }
    }
}
