using CsCheck;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>Random flags and contexts for properties.</summary>
internal static class Generate
{
    public static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static readonly Gen<string> User = Gen.Int[0, 30].Select(i => $"user{i}");

    private static readonly Gen<FlagVariant[]> Variants = Gen.Decimal[0.01m, 100m].Array[1, 5]
        .Select(weights => weights.Select((weight, i) => new FlagVariant { Name = $"v{i}", Weight = weight, Config = i == 0 ? [] : [new("size", $"{i}")] }).ToArray());

    /// <summary>Up to a dozen flags; a parent always comes earlier, so that there are no cycles.</summary>
    public static Gen<FlagDefinition[]> Flags(Gen<bool>? telemetry = null) =>
        Gen.Select(
            Pick(Enum.GetValues<FlagType>()),
            Pick(FlagState.Disabled, FlagState.Development, FlagState.Canary, FlagState.Rollout, FlagState.Rollout, FlagState.Enabled, FlagState.Enabled, FlagState.EmergencyOff),
            Pick(0m, 0.5m, 10m, 50m, 99.9m, 100m),
            Gen.Select(User.Array[0, 3], Pick("staff", "beta").Array[0, 2]),
            Variants,
            Gen.Int[-8, 11],
            Gen.Int[-12, 3],
            telemetry ?? Gen.Const(false))
        .Array[1, 12]
        .Select(rows => rows.Select((row, i) =>
        {
            (FlagType type, FlagState state, decimal percentage, (string[] users, string[] groups), FlagVariant[] variants, int parent, int priority, bool publishes) = row;
            bool emergency = priority > 0 && state != FlagState.EmergencyOff;
            return new FlagDefinition
            {
                Name = $"flag{i}",
                Type = emergency ? FlagType.Boolean : type,
                State = state,
                Percentage = percentage,
                Whitelist = users,
                Groups = groups,
                Variants = type == FlagType.Multivariate && !emergency ? variants : [],
                Parent = parent >= 0 && parent < i ? $"FLAG{parent}" : null,
                Priority = emergency ? priority : null,
                Telemetry = publishes,
            };
        }).ToArray());

    public static readonly Gen<FeatureFlagContext> Context =
        Gen.Select(User.Null(), User.Null(), User.Null(), Pick("staff", "beta", "other").Array[0, 2])
        .Select((user, session, request, groups) => new FeatureFlagContext { UserId = user, SessionId = session, RequestId = request, Groups = groups });
}
