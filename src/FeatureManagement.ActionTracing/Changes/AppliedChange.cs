using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>The result of a change that is in force before it is stored. Immutable.</summary>
/// <param name="Before">The snapshot before; the same as <paramref name="After"/> where there was nothing to change.</param>
/// <param name="After">The snapshot that the change made.</param>
/// <param name="Stored">Whether the change is in the store.</param>
internal sealed record AppliedChange(FlagSnapshot Before, FlagSnapshot After, bool Stored)
{
    /// <summary>How many flags could be on for a user before and are off for all users after.</summary>
    public int Stopped()
    {
        int stopped = 0;
        foreach (CompiledFlag flag in Before.Flags)
        {
            if (Before.CanBeOn(flag) && After.Find(flag.Name) is { } after && !After.CanBeOn(after))
                stopped++;
        }
        return stopped;
    }
}
