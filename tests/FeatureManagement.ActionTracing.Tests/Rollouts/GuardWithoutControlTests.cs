using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>Rollouts of what lies behind a gate, where control does nothing that could be compared.</summary>
public sealed class GuardWithoutControlTests
{
    private const string Half = "\"startPercentage\": 50, \"duration\": \"1.00:00:00\"";
    private const string Sentence = "No comparable control: guarded by an error rate of 10 % only.";

    private static readonly Traffic Healthy = new() { ExposedLatency = 25, ControlLatency = 0.1, ExposedErrors = 0.01, ControlErrors = 0, IsGated = true };
    private static readonly Traffic Failing = Healthy with { ExposedErrors = 1 };

    [Fact]
    public async Task AlwaysFailing_WithTheDefaultPlan_IsRolledBackAfterThreeUnits()
    {
        using var host = new RolloutHost("\"startPercentage\": 50");
        await host.StartAsync();
        host.Visit(Failing, users: 2 * 3);
        await host.RunAsync(20, Failing, users: 2);
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
        Assert.Matches(@"^error rate 100 % of [3-9] users behind a gate of the flag, as likely as not at least [\d.]+ %; without control at most 10 % is allowed$", host.Status.Reason);
        Assert.Equal(1, host.Status.WithoutControl!.Exposed);
    }

    [Fact]
    public async Task Healthy_GoesOn_AndSaysWhatGuardsIt()
    {
        using var host = new RolloutHost(Half, configure: services => services.AddFakeLogging());
        RolloutStatus started = await host.StartAsync();
        Assert.Equal("Guarded by the comparison with control and an error rate of 10 % behind gates of the flag.", started.Guards);

        host.Act(Healthy, Exposed(host, "user").First());
        await host.TickAsync();
        Assert.False(host.Status.IsOnHold); // too few do not put it on hold
        Assert.Equal(Sentence + " Nothing judges it yet: 1 of at least 3 users with the flag on were seen.", host.Status.Note);
        await host.RunAsync(60, Healthy, users: 50);

        Assert.Null(host.Status.EndedAt);
        Assert.True(host.Status.CurrentPercentage > 50);
        Assert.Equal((Sentence, Sentence), (host.Status.Guards, host.Status.Note));
        Assert.InRange(host.Status.WithoutControl!.Exposed!.Value, 0, 0.05);
        Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), entry => entry.Message.EndsWith(Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public async Task HealthyForAnHour_ThenFailing_IsRolledBack()
    {
        using var host = new RolloutHost(Half);
        await host.StartAsync();
        Traffic regulars = Healthy with { Returning = 400 };
        await host.RunAsync(360, regulars, users: 20);
        Assert.Null(host.Status.EndedAt);
        // They have all had their first action: only the window sees it.
        await host.RunAsync(30, regulars with { ExposedErrors = 1 }, users: 20);
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
        Assert.Matches(@"^error rate 5\d(\.\d+)? % of \d+ users behind a gate of the flag in the last 00:05:00; without control at most 50 % is allowed there$", host.Status.Reason);
    }

    [Fact]
    public async Task OneUserWhoFailsAgainAndAgain_AmongHealthyOnes_RollsNothingBack()
    {
        using var host = new RolloutHost(Half);
        await host.StartAsync();
        string client = Exposed(host, "client").First();
        for (int tick = 0; tick < 60; tick++)
        {
            for (int i = 0; i < 50; i++)
                host.Act(Failing, client);
            await host.TickAsync(Healthy with { ExposedErrors = 0 }, users: 10);
        }
        Assert.Null(host.Status.EndedAt);
    }

    [Theory]
    [InlineData("\"maxErrorRateWithoutControl\": 1", "No comparable control: nothing but time moves it.")]
    [InlineData("\"maxErrorRate\": 0.99, \"minimumSamples\": 0", "No comparable control: guarded by an error rate of 99 % only.")]
    public async Task AnotherGuardOrNone_JudgesInstead(string thresholds, string guards)
    {
        using var host = new RolloutHost($"{Half}, \"safetyThresholds\": {{ {thresholds} }}");
        await host.StartAsync();
        await host.RunAsync(20, Failing with { ExposedErrors = 0.6 }, users: 20);
        Assert.Null(host.Status.EndedAt);
        Assert.Equal(guards, host.Status.Guards);
        Assert.Null(host.Status.WithoutControl);
    }

    [Fact]
    public async Task TwoInstances_AddTheirUnits()
    {
        var store = new InMemoryStore();
        using var one = new RolloutHost(Half, store: store);
        using var two = new RolloutHost(Half, time: one.Time, store: store);
        await one.StartAsync();
        await two.TickAsync();
        // Two users here and two there: neither saw three.
        foreach (string user in Exposed(one, "a").Take(2))
            one.Act(Failing, user);
        foreach (string user in Exposed(two, "b").Take(2))
            two.Act(Failing, user);
        await one.TickAsync();
        Assert.Null(one.Status.EndedAt);
        await two.TickAsync();
        await two.TickAsync();
        Assert.Equal(RolloutPhase.RolledBack, two.Status.Phase);
    }

    private static IEnumerable<string> Exposed(RolloutHost host, string name) =>
        Enumerable.Range(0, 100).Select(i => $"{name}{i}").Where(user => host.Flags.IsEnabled(RolloutHost.Name, new() { UserId = user }));

    [Fact]
    public void Ledger_OfAnEarlierRelease_IsReadable()
    {
        const string Written = """{"id":"a","credited":"00:10:00","counted":60,"unavailable":"00:00:00","errors":{"logs":[1,1,1,1,1,1],"maxLogE":1,"badExposed":2},"open":[{"key":"k","step":1,"percentage":50,"exposed":{"units":9,"atRisk":9},"control":{"units":8,"atRisk":8}}]}""";
        RolloutLedger ledger = StoredJson.Read<RolloutLedger>(Written);
        Assert.Equal((0, 0), (ledger.Gated.Units, ledger.SlowWindows.Count));
        Assert.Null(ledger.ComparedFirst);
        RolloutRecord record = Simulation.Record(50, new RolloutConfig());
        Assert.True(ledger.Add(record, ledger.Open[0], null).ComparedFirst);
    }
}
