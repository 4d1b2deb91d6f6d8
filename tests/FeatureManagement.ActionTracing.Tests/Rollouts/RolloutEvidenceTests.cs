using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What people read about the evidence of long rollouts.</summary>
public class RolloutEvidenceTests
{
    private const int Users = 200;

    private static readonly RolloutRecord Record = new()
    {
        Id = "long",
        Plan = new RolloutConfig(),
        Start = 1,
        Percentage = 1,
        Baseline = new Baseline(FlagType.Percentage, FlagState.Disabled, 0, null, null),
        Phase = RolloutPhase.Canary,
        StartedAt = default,
        Actor = "",
        Reason = "",
    };

    private readonly Draw _draw = new(1);

    [Fact]
    public void PercentageAndErrorRateRiseTogether_EqualArms_BoundsIncludeOne()
    {
        const int Steps = 60, Checks = 100;
        var ledger = new RolloutLedger { Id = Record.Id };
        string? ended = null;
        for (int step = 1; step <= Steps; step++)
        {
            var stratum = new RolloutStratum { Key = $"step{step}", Step = step, Percentage = 1 + 98m * (step - 1) / (Steps - 1) };
            for (int check = 0; check < Checks; check++)
            {
                stratum = Check(stratum, errors: 0.002 + 0.098 * (step - 1) / (Steps - 1));
                ledger = ledger.Add(Record, stratum, ended);
                ended = null;
            }
            ended = stratum.Key;
        }
        AssertEqualArms(ledger);
    }

    [Fact]
    public void ProcessesOfDifferentPercentageAndErrorRate_EqualArms_BoundsIncludeOne()
    {
        var quiet = new RolloutStratum { Key = "quiet", Step = 1, Percentage = 10 };
        var busy = new RolloutStratum { Key = "busy", Step = 2, Percentage = 90 };
        var ledger = new RolloutLedger { Id = Record.Id };
        for (int check = 0; check < 3_000; check++)
        {
            quiet = Check(quiet, errors: 0.01);
            busy = Check(busy, errors: 0.1);
            ledger = ledger.Add(Record, quiet, null).Add(Record, busy, null);
        }
        Assert.InRange(ledger.ErrorWindows.Count, 2, 4_096);
        AssertEqualArms(ledger);
    }

    [Fact]
    public void WindowsOfTheEarlierShape_AreReadAndNeverAddedTogether()
    {
        const string Window = """{"exposed":10,"control":990,"badExposed":1,"badControl":99}""";
        RolloutLedger ledger = StoredJson.Read<RolloutLedger>($$"""{"id":"long","errorWindows":[{{Window}},{{Window}}]}""");
        Assert.Equal(new CountWindow(10, 990, 1, 99), ledger.ErrorWindows[0]);

        var stratum = new RolloutStratum { Key = "new", Step = 1, Percentage = 50 };
        for (int check = 0; check < 5_000; check++)
            ledger = ledger.Add(Record, stratum = Check(stratum, errors: 0.1), null);
        Assert.Equal(2, ledger.ErrorWindows.Count(window => window == new CountWindow(10, 990, 1, 99)));
        ledger = StoredJson.Read<RolloutLedger>(StoredJson.Write(ledger));
        Assert.Equal(stratum.Exposed.Bad, ledger.ErrorWindows.Where(window => window.Stratum == "new").Sum(window => window.BadExposed));
    }

    [Fact]
    public void LatencyWorseForAWhile_PValueNeverRisesAgain()
    {
        RolloutLedger ledger = new RolloutLedger { Id = Record.Id }.Add(Record, Latencies("few", 20, 3), null);
        Assert.Equal(1, StatusOf(ledger).Latency!.PValue);

        ledger = ledger.Add(Record, Latencies("worse", 100, 0.3), "few");
        RolloutComparison worse = StatusOf(ledger).Latency!;
        Assert.InRange(worse.PValue, 1e-9, 0.1);

        ledger = ledger.Add(Record, Latencies("better", 1_000, -0.3), "worse");
        RolloutComparison better = StatusOf(StoredJson.Read<RolloutLedger>(StoredJson.Write(ledger))).Latency!;
        Assert.Equal((worse.PValue, 0), (better.PValue, better.Evidence));

        static RolloutStratum Latencies(string key, int users, double slower) => new()
        {
            Key = key,
            Step = 1,
            Percentage = 50,
            Exposed = new RolloutArm { LatencyCount = users, LatencyMean = 3 + slower, LatencySumOfSquares = users },
            Control = new RolloutArm { LatencyCount = users, LatencyMean = 3, LatencySumOfSquares = users },
        };
    }

    /// <summary>Requests more in each arm, as the percentage says, with the same rate of errors.</summary>
    private RolloutStratum Check(RolloutStratum stratum, double errors)
    {
        int exposed = _draw.Binomial(Users, (double)stratum.Percentage / 100);
        return stratum with { Exposed = More(stratum.Exposed, exposed, errors), Control = More(stratum.Control, Users - exposed, errors) };
    }

    private RolloutArm More(RolloutArm arm, int users, double errors) =>
        arm with { Units = arm.Units + users, AtRisk = users, Bad = arm.Bad + _draw.Binomial(users, errors) };

    private static void AssertEqualArms(RolloutLedger ledger)
    {
        RolloutComparison errors = StatusOf(ledger).Errors!;
        Assert.True(errors.Lower < 1 && errors.Upper > 1, $"between {errors.Lower} and {errors.Upper}");
    }

    private static RolloutStatus StatusOf(RolloutLedger ledger) =>
        RolloutStatuses.Of("checkout", Record, new RolloutCheck(ledger, new RolloutVerdict(VerdictKind.Healthy, ""), "", 0), stored: true, TimeSpan.FromMinutes(5), default);
}
