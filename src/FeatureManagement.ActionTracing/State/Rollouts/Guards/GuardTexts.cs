using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>Names the guards of a rollout, in sentences. Pure.</summary>
internal static class GuardTexts
{
    private const string Nothing = "nothing but time moves it.";

    /// <summary>The guards that a rollout has, in a sentence.</summary>
    public static string Describe(GuardScope scope)
    {
        if (HasOnlyGates(scope.Ledger))
            return $"No comparable control: {Only(scope, scope.Limits.WithoutControl)}";
        string[] guards =
        [
            .. RolloutGuards.All.OrderBy(static guard => guard.Kind != GuardKind.Comparison)
                .Select(guard => guard.Describe(scope)).OfType<string>().Distinct(),
        ];
        if (guards.Length == 0)
            return "Not guarded: " + Nothing;
        return $"Guarded by {Join(guards)}.";
    }

    /// <summary>The guards that a healthy rollout lacks, in a sentence; empty where it has all.</summary>
    public static string Note(GuardScope scope)
    {
        if (scope.Ledger is not { } ledger)
            return "";
        if (HasOnlyGates(ledger))
            return Describe(scope) + TooFew(scope.Limits, ledger);
        string rest = "its thresholds alone guard it.";
        if (!scope.Limits.IsLimited)
            rest = Only(scope, ledger.Gated.Units > 0 ? scope.Limits.WithoutControl : null);
        if (!scope.Record.Plan.Guard)
            return $"The comparison with control is switched off: {rest}";
        if (!scope.IsCompared)
            return $"Control is too small to compare with: {rest}";
        if (ledger.Exposed.Units == 0)
            return $"No users were seen with the flag on yet: {rest}";
        if (ledger.Control.Units == 0)
            return $"No users were seen with the flag off yet: {rest}";
        if (ledger.Control.AtRisk == 0)
            return $"No comparable action of control has ended yet: {rest}";
        return "";
    }

    // A gate is known by the users that pass it. Before that, an arm without outcomes only waits for them.
    private static bool HasOnlyGates(RolloutLedger? ledger) => ledger is { Gated.Units: > 0, IsComparing: false };

    private static string Only(GuardScope scope, double? withoutControl)
    {
        List<string> guards = [.. RolloutGuards.Thresholds.Select(guard => guard.Describe(scope)).OfType<string>()];
        if (withoutControl is { } bound)
            guards.Add($"an error rate of {RolloutText.Percent(bound)}");
        if (guards.Count == 0)
            return Nothing;
        return $"guarded by {Join(guards)} only.";
    }

    private static string TooFew(RolloutLimits limits, RolloutLedger ledger)
    {
        if (limits.WithoutControl is null || ledger.Gated.Units >= RateAboveBound.MinimumErrors)
            return "";
        return RolloutText.Of(
            $" Nothing judges it yet: {ledger.Gated.Units} of at least {RateAboveBound.MinimumErrors} users with the flag on were seen.");
    }

    private static string Join(IReadOnlyList<string> guards)
    {
        if (guards.Count == 1)
            return guards[0];
        return $"{string.Join(", ", guards.Take(guards.Count - 1))} and {guards[^1]}";
    }
}
