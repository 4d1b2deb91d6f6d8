using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class FlagSnapshotTests
{
    private static readonly FeatureFlagContext Listed = new() { UserId = "listed" };
    private static readonly FeatureFlagContext Grouped = new() { UserId = "anybody", Groups = ["staff"] };
    private static readonly FeatureFlagContext Other = new() { UserId = "anybody" };

    public static TheoryData<FlagType, FlagState, string> EveryTypeAndState()
    {
        var data = new TheoryData<FlagType, FlagState, string>();
        foreach (FlagType type in Enum.GetValues<FlagType>())
            foreach (FlagState state in Enum.GetValues<FlagState>())
                foreach (string environment in (string[])["Development", "Production"])
                    data.Add(type, state, environment);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryTypeAndState))]
    public void Evaluate_EveryTypeAndStateAndContext_FollowsTheRules(FlagType type, FlagState state, string environment)
    {
        foreach (decimal percentage in (decimal[])[0, 100])
            foreach (bool lists in (bool[])[false, true])
            {
                FlagDefinition flag = Flag.Of("flag", state, type) with
                {
                    Percentage = percentage,
                    Whitelist = lists ? ["listed"] : [],
                    Groups = lists ? ["staff"] : [],
                    Variants = type == FlagType.Multivariate ? [new() { Name = "only", Weight = 1 }] : [],
                };
                using var services = new FlagServices([flag], environment);
                foreach (FeatureFlagContext? context in (FeatureFlagContext?[])[null, Listed, Grouped, Other])
                {
                    EvaluationReason expected = state switch
                    {
                        FlagState.EmergencyOff => EvaluationReason.Emergency,
                        FlagState.Disabled => EvaluationReason.Disabled,
                        FlagState.Development => environment == "Development" ? EvaluationReason.Development : EvaluationReason.NotDevelopment,
                        FlagState.Enabled => EvaluationReason.Enabled,
                        _ when lists && context == Listed => EvaluationReason.Whitelisted,
                        _ when lists && context == Grouped => EvaluationReason.GroupListed,
                        _ => percentage == 100 ? EvaluationReason.InPercentage : EvaluationReason.OutsidePercentage,
                    };
                    bool on = expected is EvaluationReason.Development or EvaluationReason.Enabled or EvaluationReason.Whitelisted
                        or EvaluationReason.GroupListed or EvaluationReason.InPercentage;

                    FlagEvaluation evaluation = services.Manager.Evaluate("flag", context);
                    Assert.Equal(expected, evaluation.Reason);
                    Assert.Equal(on, evaluation.IsEnabled);
                    Assert.Equal(on, services.Manager.IsEnabled("flag", context));
                    Assert.Equal(on && type == FlagType.Multivariate ? "only" : null, services.Manager.GetVariant("flag", context));
                }
            }
    }

    [Fact]
    public void Evaluate_UnknownName_IsOff()
    {
        using var services = new FlagServices([Flag.On("known")]);
        Assert.Equal(EvaluationReason.Unknown, services.Manager.Evaluate("unknown", Other).Reason);
        Assert.False(services.Manager.IsEnabled("unknown", Other));
        Assert.Null(services.Manager.GetVariant("unknown", Other));
    }

    [Theory]
    [InlineData("CHECKOUT")]
    [InlineData("checkout")]
    [InlineData("Checkout")]
    public void IsEnabled_NameInAnyCase_IsTheSameFlag(string name)
    {
        using var services = new FlagServices([Flag.On("Checkout"), Flag.On("Größe")]);
        Assert.True(services.Manager.IsEnabled(name, Other));
    }

    [Fact]
    public void Evaluate_ParentOff_IsOffAndNamesTheParent()
    {
        using var services = new FlagServices([Flag.List("parent", "listed"), Flag.On("child") with { Parent = "PARENT" }, Flag.On("grandchild") with { Parent = "child" }]);
        FlagEvaluation evaluation = services.Manager.Evaluate("grandchild", Other);
        Assert.Equal((EvaluationReason.ParentOff, "parent"), (evaluation.Reason, evaluation.DecidedBy));
        Assert.True(services.Manager.IsEnabled("grandchild", Listed));
    }

    [Fact]
    public void Evaluate_DisabledUnderAParentThatIsOff_IsDisabled()
    {
        using var services = new FlagServices([Flag.Off("parent"), Flag.Off("child") with { Parent = "parent" }]);
        Assert.Equal(EvaluationReason.Disabled, services.Manager.Evaluate("child", Other).Reason);
    }

    [Fact]
    public void Evaluate_AncestorInEmergency_IsInEmergencyEvenWhenDisabled()
    {
        using var services = new FlagServices([Flag.Killed("top"), Flag.On("middle") with { Parent = "top" }, Flag.Off("leaf") with { Parent = "middle" }, Flag.On("beside")]);
        FlagEvaluation evaluation = services.Manager.Evaluate("leaf", Other);
        Assert.Equal((EvaluationReason.Emergency, "top"), (evaluation.Reason, evaluation.DecidedBy));
        Assert.True(services.Manager.IsEnabled("beside", Other));
    }

    [Fact]
    public void Evaluate_EmergencyFlagOn_StopsAllOfLowerPriority()
    {
        using var services = new FlagServices([
            Flag.On("stop") with { Priority = 2 },
            Flag.On("above") with { Priority = 1, State = FlagState.Disabled },
            Flag.On("twin") with { Priority = 2 },
            Flag.On("below") with { Priority = 3 },
            Flag.On("ordinary"),
        ]);
        Assert.True(services.Manager.IsEnabled("stop", Other));
        Assert.True(services.Manager.IsEnabled("twin", Other));
        Assert.Equal((EvaluationReason.EmergencyFlag, "stop"), Why("below"));
        Assert.Equal((EvaluationReason.EmergencyFlag, "stop"), Why("ordinary"));
        Assert.Equal((EvaluationReason.Disabled, null), Why("above"));

        (EvaluationReason, string?) Why(string flag) => services.Manager.Evaluate(flag, Other) is var answer ? (answer.Reason, answer.DecidedBy) : default;
    }

    [Fact]
    public void Evaluate_EmergencyFlagForSome_StopsTheOthersForThoseOnly()
    {
        using var services = new FlagServices([Flag.List("stop", "listed") with { Type = FlagType.Boolean, Priority = 1 }, Flag.On("ordinary")]);
        Assert.False(services.Manager.IsEnabled("ordinary", Listed));
        Assert.True(services.Manager.IsEnabled("ordinary", Other));
    }

    [Fact]
    public void Evaluate_EmergencyFlagUnderAnOrdinaryParent_DoesNotStopItself()
    {
        using var services = new FlagServices([Flag.On("parent"), Flag.On("stop") with { Priority = 1, Parent = "parent" }]);
        Assert.True(services.Manager.IsEnabled("stop", Other));
        Assert.False(services.Manager.IsEnabled("parent", Other));
    }

    [Fact]
    public void Evaluate_HierarchyOfTenThousand_DoesNotOverflowTheStack()
    {
        FlagDefinition[] flags = [.. Enumerable.Range(0, 10_000).Select(i => Flag.On($"flag{i:00000}") with { Parent = i == 0 ? null : $"flag{i - 1:00000}" })];
        using var services = new FlagServices(flags);
        Assert.True(services.Manager.IsEnabled("flag09999", Other));
        flags[0] = flags[0] with { State = FlagState.Disabled };
        services.Flags.Set(flags);
        Assert.Equal("flag00000", services.Manager.Evaluate("flag09999", Other).DecidedBy);
    }

    [Fact]
    public void Evaluate_WhitelistOfHundredThousand_FindsEach()
    {
        string[] users = [.. Enumerable.Range(0, 100_000).Select(i => $"user{i}")];
        using var services = new FlagServices([Flag.List("list", users)]);
        Assert.True(services.Manager.IsEnabled("list", new() { UserId = "user99999" }));
        Assert.False(services.Manager.IsEnabled("list", new() { UserId = "user100000" }));
    }

    [Fact]
    public void Evaluate_NamesInAnyScript_AreFound()
    {
        string[] names = ["新功能", "Überweisung", "флаг", "علم", "ธง", "🚩", "a b.c-d"];
        using var services = new FlagServices(names.Select(Flag.On));
        Assert.All(names, name => Assert.True(services.Manager.IsEnabled(name, Other)));
        Assert.True(services.Manager.IsEnabled("ÜBERWEISUNG", Other));
    }

    [Fact]
    public void Set_OneFlagChanged_ReusesTheOthers()
    {
        FlagDefinition[] flags = [Flag.On("a"), Flag.Percentage("b", 10), Flag.On("c")];
        using var services = new FlagServices(flags);
        FlagSnapshot before = services.Snapshot;
        flags[1] = flags[1] with { Percentage = 20 };
        services.Flags.Set(flags);
        FlagSnapshot after = services.Snapshot;
        Assert.Same(before.Find("a"), after.Find("a"));
        Assert.Same(before.Find("c"), after.Find("c"));
        Assert.Equal(20, after.Find("b")!.Definition.Percentage);
        Assert.Equal(10, before.Find("b")!.Definition.Percentage);
    }

    [Fact]
    public void With_OneFlagChanged_AnswersAsACompilationOfAll()
    {
        FlagDefinition[] flags = [Flag.On("parent"), Flag.On("child") with { Parent = "parent" }, Flag.Off("stop") with { Priority = 1 }];
        using var services = new FlagServices(flags);
        FlagSnapshot snapshot = services.Snapshot;
        var anybody = Subject.WithoutContext;

        FlagSnapshot killed = snapshot.With(snapshot.Find("parent")!.Effective with { Definition = flags[0] with { State = FlagState.EmergencyOff } });
        Assert.Equal(EvaluationReason.Emergency, killed.Decide(killed.Find("child")!, anybody));
        FlagSnapshot restored = killed.With(snapshot.Find("parent")!.Effective);
        Assert.Equal(EvaluationReason.Enabled, restored.Decide(restored.Find("child")!, anybody));
        FlagSnapshot stopped = restored.With(snapshot.Find("stop")!.Effective with { Definition = flags[2] with { State = FlagState.Enabled } });
        Assert.Equal(EvaluationReason.EmergencyFlag, stopped.Decide(stopped.Find("child")!, anybody));
    }

    // What needs a context asks the application for one, and warns where there is none.
    public static TheoryData<string, FlagDefinition[], bool, bool> Dependence => new()
    {
        { "a fixed flag", [Flag.On("f")], false, false },
        { "a percentage", [Flag.Percentage("f", 50)], true, true },
        { "nobody and no list", [Flag.Percentage("f", 0)], false, false },
        { "a list", [Flag.List("f", "listed")], true, true },
        { "a parent for all", [Child, Flag.On("p")], true, false },
        { "a parent for some", [Child, Flag.Percentage("p", 50)], true, true },
        { "a parent for none", [Child, Flag.Off("p")], true, false },
        { "a grandparent for some", [Child, Flag.On("p") with { Parent = "g" }, Flag.Percentage("g", 50)], true, true },
        { "off under a parent for some", [Child with { State = FlagState.Disabled }, Flag.Percentage("p", 50)], true, false },
        { "one variant", [Flag.Variants("f", FlagState.Enabled, ("a", 1))], false, false },
        { "two variants", [Two(FlagState.Enabled)], false, true },
        { "two variants of a flag that is off", [Two(FlagState.Disabled)], false, false },
        { "two variants under a parent that is off", [Two(FlagState.Enabled) with { Parent = "p" }, Flag.Off("p")], true, false },
        { "two variants of a killed flag", [Two(FlagState.EmergencyOff)], true, false },
        { "another flag killed", [Flag.On("f"), Flag.Killed("k")], true, false },
        { "an emergency flag that is off", [Flag.On("f"), Flag.Off("s") with { Priority = 1 }], false, false },
        { "an emergency flag for all", [Flag.On("f"), Flag.On("s") with { Priority = 1 }], true, false },
        { "an emergency flag for some", [Flag.On("f"), Flag.Percentage("s", 50) with { Priority = 1 }], true, true },
        {
            "an emergency flag under a parent for some",
            [Flag.On("f"), Flag.On("s") with { Priority = 1, Parent = "p" }, Flag.Percentage("p", 50)], true, true
        },
        {
            "an emergency flag of the same priority for some",
            [Flag.On("f") with { Priority = 1 }, Flag.Percentage("s", 50) with { Priority = 1 }], true, false
        },
    };

    private static FlagDefinition Child => Flag.On("f") with { Parent = "p" };

    private static FlagDefinition Two(FlagState state) => Flag.Variants("f", state, ("a", 1), ("b", 1));

    [Theory]
    [MemberData(nameof(Dependence))]
    public void NeedsContext_ByFlags_IsTrueWhereTheAnswerMayDependOnIt(string name, FlagDefinition[] flags, bool needs, bool depends)
    {
        FlagSnapshot snapshot = Compile(flags);
        CompiledFlag flag = snapshot.Find("f")!; // it is one of them
        Assert.Equal((name, needs, depends), (name, snapshot.NeedsContext(flag), snapshot.DependsOnContext(flag)));

        FlagSnapshot audited = Compile(flags, audited: true);
        CompiledFlag same = audited.Find("f")!; // likewise
        Assert.True(audited.NeedsContext(same) && audited.DependsOnContext(same));
        flag.Observers.Rollout = new Exposures();
        Assert.True(snapshot.NeedsContext(flag) && snapshot.DependsOnContext(flag));
    }

    [Theory]
    [InlineData(FlagState.Enabled, true)]
    [InlineData(FlagState.Rollout, true)]
    [InlineData(FlagState.Disabled, false)]
    [InlineData(FlagState.EmergencyOff, false)]
    public void GetFlag_UnderAParent_IsEnabledWhereTheParentCanBeOn(FlagState parent, bool enabled)
    {
        FlagDefinition[] flags =
        [
            Flag.Of("parent", parent, FlagType.Percentage) with { Percentage = 50 },
            Flag.On("child") with { Parent = "parent" },
            Flag.On("leaf") with { Parent = "child" },
            Flag.Off("off") with { Parent = "parent" },
        ];
        using var services = new FlagServices(flags);
        Assert.Equal(
            [enabled, enabled, enabled, false],
            flags.Select(flag => services.Manager.GetFlag(flag.Name)!.IsEnabled)); // each is configured
    }

    [Fact]
    public void Compile_UnderAnotherNumberOfFlags_FindsEachByItsOwnName()
    {
        FlagSnapshot two = Compile([Flag.On("a"), Flag.Off("b")]);
        FlagSnapshot one = SnapshotCompiler.Compile([EffectiveFlag.Of(Flag.On("b"), FlagSource.Configuration)], development: false, two);
        Assert.Equal(("b", -1), (one.Find("b")?.Name, one.PlaceOf("a")));
        Assert.False(one.TryFind("a", out CompiledFlag? none));
        Assert.Null(none);
        Assert.Same(two.Find("b")!.Observers, one.Find("b")!.Observers); // both have it
    }

    // "On when its hash lies below": the percentage is the one whose threshold is this very hash, and the next one.
    [Fact]
    public void IsEnabled_HashOnTheThreshold_IsOff()
    {
        ulong hash = Bucket.Hash("u", Bucket.Seed("partial"));
        decimal percentage = hash / 18446744073709551616m * 100;
        decimal next = percentage;
        while (Bucket.Threshold(percentage) < hash)
            percentage += 0.0000000000000000001m;
        while (Bucket.Threshold(next) <= hash)
            next += 0.0000000000000000001m;
        Assert.Equal((hash, hash + 1), (Bucket.Threshold(percentage), Bucket.Threshold(next)));
        using var services = new FlagServices([Flag.Percentage("partial", percentage)]);
        Assert.False(services.Manager.IsEnabled("partial", new() { UserId = "u" }));
        services.Flags.Set(Flag.Percentage("partial", next));
        Assert.True(services.Manager.IsEnabled("partial", new() { UserId = "u" }));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void Find_ANameThatIsNoFlag_IsKeptOnlyWhereItIsShort(int length, bool kept)
    {
        FlagSnapshot snapshot = Compile([Flag.On("f")]);
        WeakReference name = Ask();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(kept, name.IsAlive);
        Assert.Equal(-1, snapshot.PlaceOf("other"));

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Ask()
        {
            var unknown = new string('x', length);
            Assert.Equal((-1, -1), (snapshot.PlaceOf(unknown), snapshot.PlaceOf(unknown)));
            return new WeakReference(unknown);
        }
    }

    [Fact]
    public void IsEmergencyFlagOn_ForAUser_IsTrueWhereAnyIsOn()
    {
        FlagSnapshot snapshot = Compile([Flag.List("stop", "listed") with { Priority = int.MaxValue - 1 }, Flag.On("ordinary")]);
        Assert.True(snapshot.IsEmergencyFlagOn(Subject.From(Listed)));
        Assert.False(snapshot.IsEmergencyFlagOn(Subject.From(Other)));
    }

    private static FlagSnapshot Compile(FlagDefinition[] flags, bool audited = false) =>
        SnapshotCompiler.Compile([.. flags.Select(flag => EffectiveFlag.Of(flag, FlagSource.Configuration))], development: false, audited: audited);

    private sealed class Exposures : IExposureObserver
    {
        public void Expose(CompiledFlag flag, string key, bool on)
        {
        }
    }
}
