using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Says what guards a rollout. Pure.</summary>
internal static class RolloutGuards
{
    private const string Nothing = "nothing but time moves it.";

    /// <summary>The guards that a rollout has, in a sentence.</summary>
    /// <param name="record">The rollout.</param>
    /// <param name="limits">The thresholds in force.</param>
    /// <param name="ledger">What was seen; null before anything was.</param>
    public static string Describe(RolloutRecord record, RolloutLimits limits, RolloutLedger? ledger)
    {
        if (ledger is not null && HasOnlyGates(ledger))
            return $"No comparable control: {Only(limits, limits.WithoutControl)}";
        var guards = new List<string>();
        if (record.Plan.Guard && RolloutLedger.CanCompare(record.Percentage))
            guards.Add("the comparison with control");
        guards.AddRange(Limits(limits));
        if (limits.WithoutControl is { } bound && (ledger is not { IsComparing: true } || ledger.Gated.Units > 0))
            guards.Add($"an error rate of {RolloutText.Percent(bound)} behind gates of the flag");
        return guards.Count == 0 ? "Not guarded: " + Nothing : $"Guarded by {Join(guards)}.";
    }

    /// <summary>What a healthy rollout is not guarded by, in a sentence; empty where it is guarded by everything.</summary>
    public static string Note(RolloutRecord record, RolloutLimits limits, RolloutLedger ledger)
    {
        double? gated = ledger.Gated.Units > 0 ? limits.WithoutControl : null;
        string rest = limits.IsLimited ? "its thresholds alone guard it." : Only(limits, gated);
        if (HasOnlyGates(ledger))
            return Describe(record, limits, ledger) + Waiting(limits, ledger);
        if (!record.Plan.Guard)
            return $"The comparison with control is switched off: {rest}";
        if (!RolloutLedger.CanCompare(record.Percentage))
            return $"Control is too small to compare with: {rest}";
        if (ledger.Exposed.Units == 0 || ledger.Control.Units == 0)
            return $"No users were seen with the flag {(ledger.Exposed.Units == 0 ? "on" : "off")} yet: {rest}";
        return ledger.Control.AtRisk == 0 ? $"No comparable action of control has ended yet: {rest}" : "";
    }

    // A gate is known by what passes it: without that, an arm without outcomes only waits for them.
    private static bool HasOnlyGates(RolloutLedger ledger) => ledger.Gated.Units > 0 && !ledger.IsComparing;

    private static string Only(RolloutLimits limits, double? withoutControl)
    {
        string[] guards = [.. Limits(limits), .. withoutControl is { } bound ? [$"an error rate of {RolloutText.Percent(bound)}"] : Array.Empty<string>()];
        return guards.Length == 0 ? Nothing : $"guarded by {Join(guards)} only.";
    }

    private static IEnumerable<string> Limits(RolloutLimits limits)
    {
        if (limits.MaxErrorRate is { } rate)
            yield return $"an error rate of {RolloutText.Percent(rate)}";
        if (limits.MaxLatency is { } latency)
            yield return RolloutText.Of($"a mean latency of {latency.TotalMilliseconds:0.#} ms");
    }

    private static string Waiting(RolloutLimits limits, RolloutLedger ledger) =>
        limits.WithoutControl is not null && ledger.Gated.Units < RateAboveBound.MinimumErrors
            ? RolloutText.Of($" Nothing judges it yet: {ledger.Gated.Units} of at least {RateAboveBound.MinimumErrors} users with the flag on were seen.")
            : "";

    private static string Join(IReadOnlyList<string> guards) =>
        guards.Count == 1 ? guards[0] : $"{string.Join(", ", guards.Take(guards.Count - 1))} and {guards[^1]}";
}
