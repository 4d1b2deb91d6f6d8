using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// What must not wait for the next safety check: percentages that have just come into force, and checks that are due
/// because of bad outcomes. Of each flag at most one check a second. One reader; all else is thread-safe.
/// </summary>
internal sealed class DueChecks : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SnapshotSource _source;
    private readonly IEarlyChecks? _early;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _begun = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, EarlyCheck> _due = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _checked = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource _signal = NewSignal();

    public DueChecks(SnapshotSource source, IRolloutMetricsSource metrics, TimeProvider time)
    {
        (_source, _early, _time) = (source, metrics as IEarlyChecks, time);
        source.Applying += OnApplying;
        if (_early is not null)
            _early.Due += Call;
    }

    /// <summary>A check of a flag begins: one that is due is served by it, and the next one waits for a second.</summary>
    public void Checked(string flag)
    {
        lock (_gate)
        {
            _due.Remove(flag);
            _checked[flag] = _time.GetTimestamp();
        }
    }

    /// <summary>Forgets a flag that is observed no more.</summary>
    public void Forget(string flag)
    {
        lock (_gate)
        {
            _due.Remove(flag);
            _checked.Remove(flag);
        }
    }

    /// <summary>Waits until something is to be done at once.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            TimeSpan? wait;
            lock (_gate)
            {
                if (_begun.Count > 0)
                    return;
                if (_due.Count == 0)
                    wait = null;
                else
                    wait = _due.Keys.Min(Remaining_NeedsLock);
                if (wait <= TimeSpan.Zero)
                    return;
                if (_signal.Task.IsCompleted)
                    _signal = NewSignal();
                signal = _signal.Task;
            }
            if (wait is null)
            {
                await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            using var other = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(signal, Task.Delay(wait.Value, _time, other.Token)).ConfigureAwait(false);
            await other.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes the flags whose percentage has just come into force.</summary>
    public IReadOnlyList<string> TakeBegun()
    {
        lock (_gate)
        {
            string[] begun = [.. _begun];
            _begun.Clear();
            return begun;
        }
    }

    /// <summary>Takes the checks that are due now.</summary>
    public IReadOnlyList<KeyValuePair<string, EarlyCheck>> TakeDue()
    {
        lock (_gate)
        {
            KeyValuePair<string, EarlyCheck>[] due = [.. _due.Where(check => Remaining_NeedsLock(check.Key) <= TimeSpan.Zero)];
            foreach ((string flag, _) in due)
                _due.Remove(flag);
            return due;
        }
    }

    public void Dispose()
    {
        _source.Applying -= OnApplying;
        if (_early is not null)
            _early.Due -= Call;
    }

    private TimeSpan Remaining_NeedsLock(string flag)
    {
        if (_checked.TryGetValue(flag, out long last))
            return Pause - _time.GetElapsedTime(last);
        return TimeSpan.Zero;
    }

    // Before the snapshot with the new percentage is in force, so that its first answer is observed already.
    private void OnApplying(string flag, FlagRecord record)
    {
        if (record.Rollout is not { IsApplied: true } rollout || _source.Latest.Find(flag) is null)
            return;
        try
        {
            _early?.Open(rollout.Query(flag, slowThreshold: null));
        }
        catch (InvalidOperationException)
        {
            // Observed by something else: the next check says so, and no change of a flag fails for it.
        }
        lock (_gate)
            _begun.Add(flag);
        Signal();
    }

    private void Call(string flag, EarlyCheck check)
    {
        lock (_gate)
            _due[flag] = _due.GetValueOrDefault(flag) | check;
        Signal();
    }

    private void Signal()
    {
        lock (_gate)
            _signal.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
