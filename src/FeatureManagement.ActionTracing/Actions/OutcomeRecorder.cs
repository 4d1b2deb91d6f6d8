using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// Opens watches over flags. What the flags of tracing say makes no difference to it. A flag that nobody watches costs
/// an evaluation nothing. Thread-safe.
/// </summary>
internal sealed class OutcomeRecorder(SnapshotSource source, AmbientAction action, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _watched = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins to record the exposures to a flag and the outcomes of their actions, until the watch is disposed.</summary>
    /// <param name="flag">The flag's name.</param>
    /// <param name="step">The number of the first step.</param>
    /// <param name="percentage">The flag's percentage in that step. Answers given under another one are not recorded.</param>
    /// <param name="window">How far <see cref="OutcomeCounts.Window"/> reaches back.</param>
    /// <param name="units">Makes the set of units of a round; null for the usual bound of memory.</param>
    /// <param name="due">Called where bad outcomes may change the verdict of a safety check; see <see cref="OutcomeWatch.Alarm"/>.</param>
    /// <exception cref="ArgumentException">There is no such flag.</exception>
    /// <exception cref="InvalidOperationException">The flag is being watched already.</exception>
    public OutcomeWatch Watch(
        string flag, int step, decimal percentage, TimeSpan window, Func<UnitSet>? units = null,
        Action<EarlyCheck>? due = null)
    {
        CompiledFlag compiled = source.Latest.Find(flag) ?? throw new ArgumentException($"There is no flag '{flag}'.", nameof(flag));
        lock (_gate)
        {
            if (!_watched.Add(flag))
                throw new InvalidOperationException($"Flag '{flag}' is being watched already.");
            action.BeginWatch();
            return new OutcomeWatch(
                compiled.Name, step, percentage, compiled.Observers, action, time, window,
                units ?? (static () => new UnitSet()), () => End(flag), due);
        }
    }

    private void End(string flag)
    {
        lock (_gate)
            _watched.Remove(flag);
        action.EndWatch();
    }
}
