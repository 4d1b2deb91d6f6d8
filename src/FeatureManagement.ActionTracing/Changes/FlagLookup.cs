using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Finds the flag that a change is about. Thread-safe.</summary>
internal sealed class FlagLookup(SnapshotSource source)
{
    /// <summary>The flag without its run-time layers.</summary>
    /// <exception cref="FlagChangeException">There is no such flag.</exception>
    public EffectiveFlag Configured(string flag)
    {
        if (source.Configured(flag) is { } configured)
            return configured;
        string? nearest = NearestName.Find(flag, source.Latest.Names);
        string hint = ".";
        if (nearest is not null)
            hint = $"; did you mean '{nearest}'?";
        throw new FlagChangeException(FlagChangeError.UnknownFlag, $"There is no flag '{ForeignText.Quote(flag)}'" + hint);
    }

    /// <summary>The flag as it is once a change is in force.</summary>
    /// <exception cref="FlagChangeException">An edit of configuration has removed the flag meanwhile.</exception>
    public FlagStatus StatusAfter(FlagEdit edit)
    {
        FlagSnapshot snapshot = source.Latest;
        if (snapshot.TryFind(edit.Flag, out CompiledFlag? found))
            return FlagStatus.Of(snapshot, found);
        throw new FlagChangeException(
            FlagChangeError.UnknownFlag, $"The change was written, but flag '{edit.Flag}' has just been removed from configuration.");
    }
}
