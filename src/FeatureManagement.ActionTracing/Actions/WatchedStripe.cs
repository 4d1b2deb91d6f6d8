namespace FeatureManagement.ActionTracing.Actions;

/// <summary>The counts of a part of the units of a <see cref="WatchedStep"/>. Guarded by its gate.</summary>
/// <param name="gate">The lock of the same part in all steps of a watch.</param>
internal sealed class WatchedStripe(Lock gate)
{
    private readonly ArmCounter _exposed = new();
    private readonly ArmCounter _control = new();

    public Lock Gate => gate;

    public ActionCounts Actions { get; set; }

    public ArmCounter Of(bool exposed)
    {
        if (exposed)
            return _exposed;
        return _control;
    }
}
