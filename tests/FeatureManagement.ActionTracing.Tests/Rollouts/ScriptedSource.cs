namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>A metrics source that says what a test wants: a thousand users more at each check.</summary>
internal sealed class ScriptedSource : IRolloutMetricsSource
{
    private int _step;
    private long _exposed;
    private long _control;
    private long _bad;

    public Found Finds { get; set; }

    public long DefaultKeys { get; set; }

    public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken)
    {
        if (Finds == Found.Nothing)
            throw new InvalidOperationException("out of order.");
        if (query.Step != _step)
            (_step, _exposed, _control, _bad) = (query.Step, 0, 0, 0);
        long exposed = Finds == Found.WrongRatio ? 900 : (long)(query.Percentage * 10);
        _exposed += exposed;
        _control += 1_000 - exposed;
        _bad += Finds == Found.Regression ? exposed / 2 : 0;
        return ValueTask.FromResult(new RolloutObservations
        {
            Exposed = new RolloutArm { Units = _exposed, AtRisk = _exposed, Bad = _bad },
            Control = new RolloutArm { Units = _control, AtRisk = _control },
            Actions = new RolloutActions(_exposed, _bad, TimeSpan.Zero),
            Window = new RolloutActions(_exposed, _bad, TimeSpan.Zero),
            DefaultKeys = DefaultKeys,
        });
    }

    public void Forget(string flag) => _step = 0;

    internal enum Found
    {
        Health,
        Regression,
        WrongRatio,
        Nothing,
    }
}
