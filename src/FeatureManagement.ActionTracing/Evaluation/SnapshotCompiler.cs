using System.Collections.Immutable;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Prepares flags for evaluation, and reuses what did not change since the previous snapshot.</summary>
internal static class SnapshotCompiler
{
    /// <summary>
    /// Prepares all flags. Names are unique without regard to case; a flag whose parent does not exist is off.
    /// </summary>
    /// <param name="flags">The flags, in the order in which they are listed.</param>
    /// <param name="development">Whether the host environment is Development.</param>
    /// <param name="previous">The previous snapshot, whose unchanged parts are reused; or null.</param>
    /// <param name="audited">Whether evaluations are audited.</param>
    public static FlagSnapshot Compile(
        IReadOnlyList<EffectiveFlag> flags, bool development, FlagSnapshot? previous = null, bool audited = false)
    {
        FlagIndex index;
        if (previous is not null && SameNames(flags, previous.Index.Names))
            index = previous.Index;
        else
            index = new FlagIndex([.. flags.Select(flag => flag.Definition.Name)]);
        FlagSnapshot? lender = null;
        if (previous?.IsDevelopment == development)
            lender = previous;
        bool aligned = lender is not null && ReferenceEquals(lender.Index, index);

        var compiled = new CompiledFlag[flags.Count];
        var priorities = ImmutableArray.CreateBuilder<int>();
        int inEmergency = 0;
        for (int i = 0; i < compiled.Length; i++)
        {
            EffectiveFlag flag = flags[i];
            int parent = -1;
            if (flag.Definition.Parent is { } name)
                parent = index.Find(name);
            CompiledFlag? before = aligned ? lender!.Flags[i] : lender?.Find(flag.Definition.Name);
            compiled[i] = before is not null && before.Parent == parent && before.Effective == flag
                ? before
                : new CompiledFlag(flag, parent, development, before);
            if (compiled[i].Priority != int.MaxValue)
                priorities.Add(i);
            if (compiled[i].InEmergency)
                inEmergency++;
        }
        return new FlagSnapshot(index, compiled, development, priorities.ToImmutable(), inEmergency, audited);
    }

    private static bool SameNames(IReadOnlyList<EffectiveFlag> flags, string[] names)
    {
        if (flags.Count != names.Length)
            return false;
        for (int i = 0; i < names.Length; i++)
            if (flags[i].Definition.Name != names[i])
                return false;
        return true;
    }
}
