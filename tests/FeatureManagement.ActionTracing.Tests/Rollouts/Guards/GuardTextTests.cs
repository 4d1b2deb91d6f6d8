using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

/// <summary>The sentences that say what guards a rollout, and what a healthy one lacks.</summary>
public class GuardTextTests
{
    private const string Only = "guarded by an error rate of 2 % and a mean latency of 250.5 ms only.";

    private static readonly SafetyThresholds Both =
        new() { MaxErrorRate = 0.02, MaxLatency = TimeSpan.FromMilliseconds(250.5), MinimumSamples = 0 };
    private static readonly RolloutConfig Unguarded = new() { Guard = false };

    [Fact]
    public void Describe_NamesEachGuardOnce()
    {
        Assert.Equal("Guarded by the comparison with control and an error rate of 10 % behind gates of the flag.", Describe(null));
        Assert.Equal("Guarded by the comparison with control.", Describe(Evidence.WithoutGates));
        Assert.Equal("Guarded by the comparison with control, an error rate of 2 % and a mean latency of 250.5 ms.", Describe(Both));
        Assert.Equal("Guarded by an error rate of 2 % and a mean latency of 250.5 ms.", Describe(Both, plan: Unguarded));
        Assert.Equal("Guarded by an error rate of 10 % behind gates of the flag.", Describe(null, percentage: 99.5m));
        Assert.Equal("Not guarded: nothing but time moves it.", Describe(Evidence.WithoutGates, plan: Unguarded));
    }

    [Fact]
    public void Describe_OfComparedUsersWithoutGates_LeavesGatesOut()
    {
        RolloutLedger compared = Evidence.After(Evidence.Copy(Evidence.Arm(10), Evidence.Arm(10)));
        Assert.Equal("Guarded by the comparison with control.", Describe(null, compared));
        Assert.Equal(
            "Guarded by an error rate of 10 % behind gates of the flag.",
            Describe(null, compared with { EndedExposed = Gated(1) }, Unguarded));
    }

    [Fact]
    public void Describe_OfGatesAlone_NamesWhatJudgesThem()
    {
        RolloutLedger gated = Evidence.After(Evidence.Copy(Gated(5), Evidence.Arm(0)));
        Assert.Equal("No comparable control: guarded by an error rate of 10 % only.", Describe(null, gated));
        Assert.Equal("No comparable control: nothing but time moves it.", Describe(Evidence.WithoutGates, gated));
        Assert.Equal("No comparable control: " + Only, Describe(Both, gated));
        Assert.Equal(
            "No comparable control: guarded by a mean latency of 250.5 ms and an error rate of 10 % only.",
            Describe(Both with { MaxErrorRate = null }, gated));
    }

    [Theory]
    [InlineData(1, " Nothing judges it yet: 1 of at least 3 users with the flag on were seen.")]
    [InlineData(2, " Nothing judges it yet: 2 of at least 3 users with the flag on were seen.")]
    [InlineData(3, "")]
    public void Note_OfGatesAlone_SaysHowManyAreMissing(int users, string missing)
    {
        RolloutLedger gated = Evidence.After(Evidence.Copy(Gated(users), Evidence.Arm(0)));
        Assert.Equal("No comparable control: guarded by an error rate of 10 % only." + missing, Note(gated));
        Assert.Equal("No comparable control: nothing but time moves it.", Note(gated, Evidence.WithoutGates));
    }

    [Fact]
    public void Note_OfAComparedRollout_SaysWhatIsMissing()
    {
        Assert.Equal("", Note(Ledger(10, 10, atRisk: 10)));
        Assert.Equal("No users were seen with the flag on yet: nothing but time moves it.", Note(Ledger(0, 10, atRisk: 10)));
        Assert.Equal("No users were seen with the flag off yet: nothing but time moves it.", Note(Ledger(10, 0, atRisk: 0)));
        Assert.Equal("No comparable action of control has ended yet: nothing but time moves it.", Note(Ledger(10, 10, atRisk: 0)));
        Assert.Equal("No users were seen with the flag off yet: its thresholds alone guard it.", Note(Ledger(10, 0, atRisk: 0), Both));
    }

    [Fact]
    public void Note_OfARolloutThatIsNotCompared_SaysWhy()
    {
        RolloutLedger ledger = Ledger(10, 10, atRisk: 10);
        const string Off = "The comparison with control is switched off: ", Small = "Control is too small to compare with: ";
        Assert.Equal(Off + "nothing but time moves it.", Note(ledger, plan: Unguarded));
        Assert.Equal(Off + "its thresholds alone guard it.", Note(ledger, Both with { MaxLatency = null }, Unguarded));
        Assert.Equal(Off + "its thresholds alone guard it.", Note(ledger, Both with { MaxErrorRate = null }, Unguarded));
        Assert.Equal(Off + "guarded by an error rate of 10 % only.", Note(ledger with { EndedExposed = Gated(3) }, plan: Unguarded));
        Assert.Equal(Small + "nothing but time moves it.", Note(ledger, percentage: 99.5m));
    }

    [Fact]
    public void Note_BeforeTheFirstCheck_IsEmpty() =>
        Assert.Equal("", GuardTexts.Note(Evidence.Of().Scope with { Ledger = null }));

    [Theory]
    [InlineData(0.12345, "12.35 %")]
    [InlineData(0.1, "10 %")]
    [InlineData(0, "0 %")]
    public void Percent_HasTwoDigitsAtMost(double rate, string text) => Assert.Equal(text, RolloutText.Percent(rate));

    private static string Describe(
        SafetyThresholds? thresholds, RolloutLedger? ledger = null, RolloutConfig? plan = null, decimal percentage = 50) =>
        GuardTexts.Describe(Evidence.Of(null, null, thresholds, plan, percentage).Scope with { Ledger = ledger });

    private static string Note(
        RolloutLedger ledger, SafetyThresholds? thresholds = null, RolloutConfig? plan = null, decimal percentage = 50) =>
        RolloutGuards.Judge(Evidence.Of(ledger, null, thresholds, plan, percentage)).Reason;

    private static RolloutArm Gated(long users) => new() { Units = users, GatedUnits = users };

    private static RolloutLedger Ledger(long exposed, long control, long atRisk) => Evidence.After(
        Evidence.Copy(Evidence.Arm(exposed), Evidence.Arm(control) with { AtRisk = atRisk }));
}
