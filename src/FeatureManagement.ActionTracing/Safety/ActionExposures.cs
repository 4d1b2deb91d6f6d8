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
    private volatile Exposure? _first; // nearly always the only one
    private Dictionary<(WatchedStep Step, ulong Hash), Exposure>? _others;
    private List<string>? _cutShort;
    private List<(string Flag, GateKind Kind)>? _off;
    private bool _ended;

    /// <summary>Records an answer that the bucket gave, unless it is recorded already. False where the action has ended.</summary>
    public bool Add(WatchedStep step, string key, bool exposed)
    {
        // The usual case first: the same flag asked again for the same key.
        return _first is { } first && first.IsOf(step, key) || AddNew(step, key, step.HashOf(key), exposed);
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
        Complete(_first, known);
        if (_others is not null)
            foreach (Exposure exposure in _others.Values)
                Complete(exposure, known);
    }

    private void Complete(Exposure? exposure, ActionOutcome outcome)
    {
        if (exposure is not null && (_cutShort is null || !_cutShort.Contains(exposure.Step.Flag, StringComparer.OrdinalIgnoreCase)))
            exposure.Step.Complete(exposure, outcome);
    }

    private bool AddNew(WatchedStep step, string key, ulong hash, bool exposed)
    {
        lock (_gate)
        {
            if (_ended)
                return false;
            if (_first is null)
                _first = step.Expose(key, hash, exposed);
            else if ((!ReferenceEquals(_first.Step, step) || _first.Hash != hash) && (_others?.Count ?? 0) < Max)
            {
                _others ??= [];
                if (!_others.ContainsKey((step, hash)))
                    _others.Add((step, hash), step.Expose(key, hash, exposed));
            }
            return true;
        }
    }
}
