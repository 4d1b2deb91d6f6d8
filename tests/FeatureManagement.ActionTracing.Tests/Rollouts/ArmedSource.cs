using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>A healthy metrics source that notes what makes an early check due, and calls for one when a test says so.</summary>
internal sealed class ArmedSource : IRolloutMetricsSource, IEarlyChecks
{
    private readonly ScriptedSource _inner = new();

    public event Action<string, EarlyCheck>? Due;

    /// <summary>What was armed, of which flag, in order.</summary>
    public List<(string Flag, EarlyCheck Check)> Armed { get; } = [];

    /// <summary>The flag for which it gives no answer; null for none.</summary>
    public string? Hung { get; set; }

    public ScriptedSource.Found Finds { get => _inner.Finds; set => _inner.Finds = value; }

    public void Call(string flag, EarlyCheck check = EarlyCheck.Absolute | EarlyCheck.Comparison) => Due?.Invoke(flag, check);

    public void Open(RolloutQuery query)
    {
    }

    public void Arm(string flag, BadOutcomes more, EarlyCheck check)
    {
        lock (Armed)
            Armed.Add((flag, check));
    }

    public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken) =>
        query.Flag == Hung ? new(new TaskCompletionSource<RolloutObservations>().Task) : _inner.ReadAsync(query, cancellationToken);

    public void Forget(string flag) => _inner.Forget(flag);
}
