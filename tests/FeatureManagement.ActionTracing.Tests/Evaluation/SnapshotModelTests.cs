using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

/// <summary>For any flags and any snapshot, the answers are those of a simple model.</summary>
public class SnapshotModelTests
{
    private static readonly FlagState[] States = [FlagState.Enabled, FlagState.Rollout, .. Enum.GetValues<FlagState>()];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Decide_AfterAnyChanges_IsWhatTheModelSays(int seed)
    {
        var random = new Random(seed);
        for (int world = 0; world < 100; world++)
        {
            bool development = random.Next(2) == 0;
            FlagDefinition[] flags = [.. Enumerable.Range(0, random.Next(1, 7)).Select(i => Any(random, i))];
            FlagSnapshot snapshot = SnapshotCompiler.Compile(Effective(flags), development);
            Check(snapshot, flags, development);
            for (int step = 0; step < 8; step++)
            {
                int changed = random.Next(flags.Length);
                switch (random.Next(6))
                {
                    case 0:
                        flags = [.. flags, Any(random, flags.Length)];
                        break;
                    case 1 when flags.Length > 1:
                        flags = flags[..^1];
                        break;
                    case 2:
                        flags = [.. flags.Select((flag, i) => i == flags.Length - 1 ? flag with { Name = $"renamed{step}" } : flag)];
                        break;
                    case 3:
                        development = !development;
                        break;
                    case 4:
                        flags = [.. flags.Select((flag, i) => i == changed ? Any(random, i) : flag)];
                        break;
                    default:
                        FlagDefinition other = Any(random, changed) with
                        {
                            Name = flags[changed].Name,
                            Parent = flags[changed].Parent,
                            Priority = flags[changed].Priority,
                        };
                        flags = [.. flags.Select((flag, i) => i == changed ? other : flag)];
                        snapshot = snapshot.With(EffectiveFlag.Of(other, FlagSource.Configuration));
                        Check(snapshot, flags, development);
                        continue;
                }
                snapshot = SnapshotCompiler.Compile(Effective(flags), development, snapshot);
                Check(snapshot, flags, development);
            }
        }
    }

    private static void Check(FlagSnapshot snapshot, FlagDefinition[] flags, bool development)
    {
        var model = new SnapshotModel(flags, development);
        Assert.Equal(flags.Select(flag => flag.Name), snapshot.Names);
        Assert.Equal(
            flags.Any(flag => flag.State == FlagState.EmergencyOff || (flag.Priority is not null && snapshot.Find(flag.Name)!.CanBeOn)),
            snapshot.AnyEmergency);
        foreach (FlagDefinition flag in flags)
        {
            CompiledFlag compiled = snapshot.Find(flag.Name.ToUpperInvariant())!; // the names are equal
            Assert.Equal(flag, compiled.Definition);
            HashSet<bool> answers = [];
            foreach (Subject subject in Subjects())
            {
                (EvaluationReason Reason, string? DecidedBy) expected = model.Decide(flag, subject);
                Assert.Equal(expected, (snapshot.Decide(compiled, subject, out CompiledFlag? decidedBy), decidedBy?.Name));
                Assert.Equal(expected.Reason, snapshot.Decide(compiled, subject));
                var call = new EvaluationCall(snapshot, compiled, subject);
                Assert.Equal(expected.Reason is EvaluationReason.Emergency or EvaluationReason.EmergencyFlag, call.IsEmergency);
                answers.Add(SnapshotModel.IsOn(expected.Reason));
            }
            if (answers.Count > 1)
                Assert.True(snapshot.NeedsContext(compiled) && snapshot.DependsOnContext(compiled), flag.Name);
            if (answers.Contains(true))
                Assert.True(snapshot.CanBeOn(compiled), flag.Name);
            if (snapshot.CanBeOn(compiled) && !snapshot.DependsOnContext(compiled))
                Assert.Contains(true, answers);
        }
    }

    // Two that are listed nowhere and several users, so that percentages split them.
    private static IEnumerable<Subject> Subjects() =>
    [
        Subject.WithoutContext,
        Subject.OfUnknownType,
        Subject.From(new FeatureFlagContext { UserId = "listed" }),
        Subject.From(new FeatureFlagContext { UserId = "u1", Groups = ["other", "staff"] }),
        Subject.From(new FeatureFlagContext { UserId = "u2", Groups = new Queue<string>([null!, "staff"]) }),
        Subject.From(new FeatureFlagContext { UserId = "u3", Groups = [null!, "other"] }),
        Subject.From(new FeatureFlagContext { UserId = "u4", Groups = new Queue<string>(["other"]) }),
        Subject.From(new FeatureFlagContext { UserId = "u5" }),
    ];

    private static FlagDefinition Any(Random random, int index)
    {
        string? parent = null;
        if (random.Next(2) == 0 && index > 0)
            parent = $"FLAG{random.Next(index)}";
        else if (random.Next(8) == 0)
            parent = "nobody";
        return Flag.Of($"flag{index}", States[random.Next(States.Length)]) with
        {
            Percentage = random.Next(3) * 50,
            Whitelist = random.Next(3) == 0 ? ["listed"] : [],
            Groups = random.Next(3) == 0 ? ["staff"] : [],
            Parent = parent,
            Priority = random.Next(4) == 0 ? random.Next(1, 4) : null,
        };
    }

    private static EffectiveFlag[] Effective(FlagDefinition[] flags) =>
        [.. flags.Select(flag => EffectiveFlag.Of(flag, FlagSource.Configuration))];
}
