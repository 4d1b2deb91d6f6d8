using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The rows of a list of flags. The row of a flag without a rollout is kept until the flag changes: a page reads all
/// flags, and a large application has 10,000. Thread-safe.
/// </summary>
internal static class FlagRows
{
    // A definition never changes. It stays in the snapshots that follow, and ends with the last of them.
    private static readonly ConditionalWeakTable<FlagDefinition, Kept> Known = [];

    public static byte[] Of(FlagStatus status, IRolloutManager rollouts)
    {
        RolloutStatus? rollout = rollouts.GetStatus(status.Definition.Name);
        bool mayKeep = rollout is null;
        if (mayKeep && Known.TryGetValue(status.Definition, out Kept? kept) && kept.Status == status)
            return kept.Row;
        byte[] row = JsonRows.Row(status, flag => FlagModel.Row(flag, rollout), Failed, ApiJson.Plain.FlagModel);
        if (mayKeep)
            Known.AddOrUpdate(status.Definition, new Kept(status, row));
        return row;

        FlagModel Failed(FlagStatus flag, string fault)
        {
            mayKeep = false;
            return FlagModel.Failed(flag, fault);
        }
    }

    private sealed record Kept(FlagStatus Status, byte[] Row);
}
