using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class FlagSnapshotTests
{
    private static readonly FeatureFlagContext Listed = new() { UserId = "listed" };
    private static readonly FeatureFlagContext Grouped = new() { UserId = "somebody", Groups = ["staff"] };
    private static readonly FeatureFlagContext Other = new() { UserId = "somebody" };

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
    public void Set_OneFlagChanged_SharesTheOthers()
    {
        FlagDefinition[] flags = [Flag.On("a"), Flag.Share("b", 10), Flag.On("c")];
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
}
