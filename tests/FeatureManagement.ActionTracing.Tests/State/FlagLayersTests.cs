using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.State;

/// <summary>What a flag is under its run-time record, and where each of its values comes from.</summary>
public class FlagLayersTests
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly FlagDefinition Configured = Flag.Variants("f", FlagState.Canary, ("a", 1), ("b", 2)) with
    {
        Percentage = 10,
        Whitelist = ["c"],
        Groups = ["s"],
        Parent = "Parent",
    };

    private static readonly Baseline Now = Baseline.Of(Configured);

    /// <summary>A record, and what the flag is then: state, percentage, whitelist, groups and weights,
    /// and the sources of the flag, its state and its percentage, a letter each.</summary>
    public static TheoryData<string, FlagDefinition, object, string> Records => new()
    {
        { "nothing", Configured, Record(), "Canary 10 c s 1 2: CCC" },
        { "a state", Configured, Record(new() { State = FlagState.Enabled, Baseline = Now }), "Enabled 10 c s 1 2: OOC" },
        { "a percentage", Configured, Record(new() { Percentage = 20, Baseline = Now }), "Canary 20 c s 1 2: OCO" },
        { "a whitelist", Configured, Record(new() { Whitelist = ["u"], Baseline = Now }), "Canary 10 u s 1 2: OCC" },
        { "groups", Configured, Record(new() { Groups = [], Baseline = Now }), "Canary 10 c  1 2: OCC" },
        { "a weight", Configured, Record(new() { Weights = Weight("B", 5), Baseline = Now }), "Canary 10 c s 1 5: OCC" },
        { "a weight of no variant", Configured, Record(new() { Weights = Weight("c", 5), Baseline = Now }), "Canary 10 c s 1 2: OCC" },
        { "a rollout", Configured, Record(null, Rollout(RolloutPhase.Gradual)), "Rollout 30 c s 1 2: RRR" },
        { "a rollout that is paused", Configured, Record(null, Rollout(RolloutPhase.Paused)), "Rollout 30 c s 1 2: RRR" },
        { "a rollout that is planned", Configured, Record(null, Rollout(RolloutPhase.Planned)), "Canary 10 c s 1 2: CCC" },
        {
            "a rollout over an override", Configured,
            Record(new() { State = FlagState.Enabled, Percentage = 20, Whitelist = ["u"], Baseline = Now }, Rollout(RolloutPhase.Gradual)),
            "Rollout 30 u s 1 2: RRR"
        },
        {
            "an emergency over all", Configured,
            Record(new() { Percentage = 20, Baseline = Now }, Rollout(RolloutPhase.Gradual)) with { Emergency = Killed },
            "EmergencyOff 30 c s 1 2: EER"
        },
        { "an emergency", Configured, Record() with { Emergency = Killed }, "EmergencyOff 10 c s 1 2: EEC" },
        {
            "an emergency of an emergency flag", Flag.Off("f") with { Priority = 1 }, Record() with { Emergency = Killed },
            "Enabled 0   : EEC"
        },
        {
            "the last rollout alone", Configured, Record() with { LastRollout = Rollout(RolloutPhase.RolledBack) },
            "Canary 10 c s 1 2: CCC"
        },
        { "what was started alone", Configured, Record() with { AutoStarted = "x" }, "Canary 10 c s 1 2: CCC" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void Apply_ARecord_LaysItsLayersOverConfiguration(string name, FlagDefinition configured, object record, string expected)
    {
        EffectiveFlag before = EffectiveFlag.Of(configured, FlagSource.Configuration, Day);
        EffectiveFlag flag = FlagLayers.Apply(before, new VersionedRecord((FlagRecord)record, 7, IsInOutbox: true));
        Assert.Equal((name, expected), (name, Text(flag)));
        Assert.Equal((7L, true, ((FlagRecord)record).Emergency), (flag.Version, flag.IsInOutbox, flag.Emergency));
    }

    /// <summary>Each value that decides a flag's answers, edited in configuration after the override and the rollout began.</summary>
    public static TheoryData<string, FlagDefinition> Edits => new()
    {
        { "type", Configured with { Type = FlagType.Percentage } },
        { "state", Configured with { State = FlagState.Rollout } },
        { "percentage", Configured with { Percentage = 10.1m } },
        { "parent", Configured with { Parent = "other" } },
        { "no parent", Configured with { Parent = null } },
        { "priority", Configured with { Priority = 1 } },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Apply_ConfigurationEditedSince_TheEditTakesPrecedence(string value, FlagDefinition edited)
    {
        var update = new FlagOverride { State = FlagState.Enabled, Whitelist = ["u"], Baseline = Now };
        FlagRecord record = Record(update, Rollout(RolloutPhase.Gradual));
        EffectiveFlag configured = EffectiveFlag.Of(edited, FlagSource.Configuration, Day);
        EffectiveFlag flag = FlagLayers.Apply(configured, new VersionedRecord(record, 7));
        Assert.Equal((value, configured with { Version = 7 }), (value, flag));
    }

    /// <summary>What decides no answer, or not another one.</summary>
    public static TheoryData<string, FlagDefinition> OtherEdits => new()
    {
        { "description", Configured with { Description = "other" } },
        { "parent in another case", Configured with { Parent = "PARENT" } },
        { "whitelist", Configured with { Whitelist = ["other"] } },
    };

    [Theory]
    [MemberData(nameof(OtherEdits))]
    public void Apply_ConfigurationEditedInWhatDecidesNoAnswer_TheOverrideStays(string value, FlagDefinition edited)
    {
        FlagRecord record = Record(new() { State = FlagState.Enabled, Baseline = Now });
        EffectiveFlag flag = FlagLayers.Apply(EffectiveFlag.Of(edited, FlagSource.Configuration), new VersionedRecord(record, 7));
        Assert.Equal((value, FlagState.Enabled, FlagSource.Override), (value, flag.Definition.State, flag.Source));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void Apply_ARecord_IsAChangeAtTheLaterOfBothTimes(int recorded, int expected)
    {
        foreach (FlagRecord record in (FlagRecord[])[Record(), Record(new() { Percentage = 1, Baseline = Now })])
        {
            EffectiveFlag configured = EffectiveFlag.Of(Configured, FlagSource.Configuration, Day);
            EffectiveFlag flag = FlagLayers.Apply(configured, new VersionedRecord(record with { At = Day.AddDays(recorded) }, 7));
            Assert.Equal(Day.AddDays(expected), flag.LastModified);
        }
    }

    [Theory]
    [InlineData(FlagSource.BuiltIn, false, true)]
    [InlineData(FlagSource.BuiltIn, true, false)]
    [InlineData(FlagSource.Configuration, false, false)]
    public void Apply_AnOverride_DefinesABuiltInFlag(FlagSource source, bool overridden, bool builtIn)
    {
        FlagRecord record = Record(overridden ? new() { Percentage = 1, Baseline = Now } : null);
        EffectiveFlag flag = FlagLayers.Apply(EffectiveFlag.Of(Configured, source), new VersionedRecord(record, 7));
        Assert.Equal(builtIn, flag.IsBuiltIn);
    }

    private static FlagEmergency Killed => new("why", "ann", Day);

    private static FlagRecord Record(FlagOverride? update = null, RolloutRecord? rollout = null) =>
        new() { Override = update, Rollout = rollout };

    private static RolloutRecord Rollout(RolloutPhase phase) => new()
    {
        Id = "r",
        Plan = new() { Type = RolloutType.Linear },
        Start = 1,
        Percentage = 30,
        Baseline = Now,
        Phase = phase,
        StartedAt = Day,
        Actor = "ann",
        Reason = "why",
    };

    private static Dictionary<string, decimal> Weight(string variant, decimal weight) => new() { [variant] = weight };

    private static string Text(EffectiveFlag flag)
    {
        FlagDefinition definition = flag.Definition;
        string lists = $"{string.Join(',', definition.Whitelist)} {string.Join(',', definition.Groups)}";
        string weights = string.Join(' ', definition.Variants.Select(variant => variant.Weight));
        return $"{definition.State} {definition.Percentage} {lists} {weights}: {Letter(flag.Source)}{Letter(flag.StateSource)}{Letter(flag.PercentageSource)}";

        static char Letter(FlagSource source) => $"{source}"[0];
    }
}
