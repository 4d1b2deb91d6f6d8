namespace FeatureManagement.ActionTracing.Flags.Rollouts;

/// <summary>
/// The percentage after some monitored time. A pure function that never leaves start and target; at the end it is
/// the target for every type.
/// </summary>
internal static class RolloutCurve
{
    private const int Digits = 4;

    /// <summary>How long the curve takes: a custom schedule says so itself, by its last entry.</summary>
    public static TimeSpan Duration(RolloutConfig plan)
    {
        if (plan is { Type: RolloutType.Custom, Schedule: [.., var last] })
            return last.After;
        return plan.Duration;
    }

    /// <param name="plan">The curve's type, duration, checkpoints or schedule, and target.</param>
    /// <param name="start">The first percentage, 0 to 100.</param>
    /// <param name="monitored">The monitored time.</param>
    public static decimal At(RolloutConfig plan, decimal start, TimeSpan monitored)
    {
        TimeSpan duration = Duration(plan);
        decimal target = plan.TargetPercentage;
        if (monitored >= duration)
            return target;
        if (monitored < TimeSpan.Zero)
            monitored = TimeSpan.Zero;
        decimal percentage = plan.Type switch
        {
            RolloutType.Linear => start + Part(target - start),
            RolloutType.Exponential => start + Part(Part(target - start)),
            RolloutType.Stepped => (int)((Int128)monitored.Ticks * plan.Checkpoints.Count / duration.Ticks) is var reached && reached == 0
                ? start
                : plan.Checkpoints[reached - 1],
            _ => plan.Schedule.LastOrDefault(entry => entry.After <= monitored, new(default, start)).Percentage,
        };
        // Before it is rounded too: a start of more digits would be rounded beyond an entry below it.
        return Math.Clamp(decimal.Round(Math.Clamp(percentage, start, target), Digits, MidpointRounding.AwayFromZero), start, target);

        // Multiplied before it is divided: a third of the time is a third, and not a little less.
        decimal Part(decimal of) => of * monitored.Ticks / duration.Ticks;
    }

    /// <summary>
    /// In which band a percentage lies: up to 87.5 %, 75 %, 50 %, 25 %, 12.5 %, 5 %, 2.5 % and so on. In each a rollout
    /// counts every user again: their number is what bounds how often a user can be counted, and their width how late
    /// it can begin that users are slower and still be seen. A phase is made of whole bands.
    /// </summary>
    public static int BandOf(decimal percentage)
    {
        if (percentage <= 0)
            return -1;
        int band = 0;
        for (decimal edge = 87.5m; percentage <= edge; edge = edge switch { 87.5m => 75, 75 => 50, 12.5m => 5, _ => edge / 2 })
            band++;
        return band;
    }

    /// <summary>The phase of a percentage of a running rollout.</summary>
    public static RolloutPhase PhaseOf(decimal percentage) => percentage switch
    {
        <= 5 => RolloutPhase.Canary,
        <= 50 => RolloutPhase.Gradual,
        < 100 => RolloutPhase.Majority,
        _ => RolloutPhase.Complete,
    };
}
