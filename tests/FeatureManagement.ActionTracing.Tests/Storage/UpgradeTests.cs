using System.Globalization;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Rollouts;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>A database that an earlier version left when it was killed opens with the same answers and goes on.</summary>
/// <remarks>
/// <c>upgrade/</c> holds what commit 00823b9 left behind: a console application over its projects, with a fake clock from
/// 2026-01-01 and the settings in <c>appsettings.json</c>.
/// A first process made overrides of <c>promotion</c>, <c>friends</c>, <c>theme</c> and <c>edited</c>; an emergency of <c>calm</c>,
/// cleared; and rollouts of <c>search</c> (bad traffic rolled it back), <c>delivery</c> (completed), <c>gift</c> (paused) and
/// <c>checkout</c> (14 checks of 150 users). It reloaded a configuration in which the percentage of <c>edited</c> was first 140,
/// then 40, and stopped.
/// A second process audited 20 evaluations, recorded 120 units of the experiment <c>banner</c>, shut <c>risky</c> down, checked
/// <c>checkout</c> twice more and planned <c>later</c>. It wrote its answers by <see cref="UpgradeAnswers"/> to <c>answers.txt</c>,
/// and ended by SIGKILL. A third one, on a copy, did what <see cref="GoOnAsync"/> does and wrote <c>continued.txt</c>.
/// </remarks>
public sealed class UpgradeTests : IDisposable
{
    private const string Experiment = "banner";

    // When the second process was killed.
    private static readonly DateTimeOffset Killed = new(2026, 1, 1, 0, 3, 41, 200, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly RolloutHost _host;

    public UpgradeTests()
    {
        foreach (string file in new[] { "store.sqlite", "store.sqlite-wal", "store.sqlite-shm" })
            File.Copy(Original(file), _directory.File(file));
        _host = new RolloutHost(
            time: new FakeTimeProvider(Killed),
            settings: File.ReadAllText(Original("appsettings.json")),
            tracing: tracing => tracing.UseSqlite(_directory.File("store.sqlite")));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Open_DatabaseOfAnEarlierVersion_GivesTheSameAnswers()
    {
        // Evidence is shown from the first check on.
        await _host.CheckAsync();
        await _host.Get<ExperimentService>().TickAsync(default);
        Assert.Equal(File.ReadAllLines(Original("answers.txt")), await UpgradeAnswers.OfAsync(_host));
    }

    [Fact]
    public async Task Open_DatabaseOfAnEarlierVersion_ReadsEveryDocument()
    {
        await _host.SyncAsync();
        StoreReport report = _host.Get<IActionTracingStoreStatus>().Current;
        Assert.Empty(report.Unreadable);
        Assert.Null(report.Error);
    }

    [Fact]
    public async Task GoOn_DatabaseOfAnEarlierVersion_CountsAndDecidesAsTheEarlierVersionDid()
    {
        await GoOnAsync();
        string[] expected = File.ReadAllLines(Original("continued.txt"));
        string[] kinds = ["answers", "rollout", "experiment", "metric"];
        Assert.Equal(expected, (await UpgradeAnswers.OfAsync(_host)).Where(line => kinds.Contains(line.Split(' ')[0])));
    }

    [Fact]
    public async Task GoOn_RolloutInProgress_CanBeRolledBackAndTheEmergencyCleared()
    {
        await _host.SyncAsync();
        RolloutStatus rolledBack = await _host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        Assert.Equal(RolloutPhase.RolledBack, rolledBack.Phase);
        Assert.Equal(FlagState.Disabled, _host.Flag.Definition.State);
        Assert.True((await _host.Flags.ClearEmergencyAsync("risky", RolloutHost.Ada)).IsEnabled);
        Assert.True(_host.Flags.IsEnabled("child"));
        Assert.Equal(10, (await _host.Flags.ResetFlagAsync("promotion", RolloutHost.Ada)).Definition.Percentage);
    }

    [Fact]
    public async Task Audit_ContinuedByThisVersion_IsValid()
    {
        var audit = _host.Get<IAuditLog>();
        Assert.Equal((true, 22L), await VerifyAsync());
        await GoOnAsync();
        Assert.Equal((true, 23L), await VerifyAsync());
        AuditEntry step = (await audit.QueryAsync(new AuditQuery { Take = 1 })).Single();
        Assert.Equal(("rollout_step", RolloutHost.Name), (step.Action, step.Flag));

        async Task<(bool, long)> VerifyAsync()
        {
            AuditVerification found = await audit.VerifyAsync();
            return (found.IsValid, found.Entries);
        }
    }

    [Fact]
    public async Task Audit_FilteredByAnActionThatWasRenamed_HasTheEntriesOfBothVersions()
    {
        await _host.SyncAsync();
        string settings = File.ReadAllText(Original("appsettings.json"));
        _host.EditAll(settings.Replace("\"percentage\": 40", "\"percentage\": 140", StringComparison.Ordinal));
        _host.EditAll(settings);
        await _host.SyncAsync();
        string[] expected = ["configuration_recovered", "configuration_mended"];
        Assert.Equal(expected, await ActionsAsync("configuration_recovered"));
        Assert.Equal(expected, await ActionsAsync("configuration_mended"));

        async Task<IEnumerable<string>> ActionsAsync(string action) =>
            (await _host.Get<IAuditLog>().QueryAsync(new AuditQuery { Action = action })).Select(entry => entry.Action);
    }

    /// <summary>A minute of traffic after the restart, a user that the experiment knows and one that is new.</summary>
    private async Task GoOnAsync()
    {
        await _host.SyncAsync();
        _host.Flags.GetVariant(Experiment, new FeatureFlagContext { UserId = "shopper1" });
        _host.Flags.GetVariant(Experiment, new FeatureFlagContext { UserId = "late" });
        var random = new Random(7);
        int visitors = 0;
        for (int i = 0; i < 6; i++)
        {
            for (int visitor = 0; visitor < 150; visitor++)
                Visit(visitors++, random);
            await _host.TickAsync();
        }
        // The windows of the metric close in the background.
        await Eventually.EqualAsync("121", async () =>
        {
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            ExperimentResult result = (await _host.Get<IExperimentResults>().GetAsync(Experiment))!; // it was begun
            return result.Metrics.Single(metric => metric.Name == "spent").Variants.Sum(arm => arm.Units).ToString(CultureInfo.InvariantCulture);
        });
    }

    private void Visit(int visitor, Random random)
    {
        using TracedAction action = _host.Get<IActionTracer>().StartAction("order");
        var user = new FeatureFlagContext { UserId = $"visitor{visitor}2" };
        double failing = _host.Flags.IsEnabled(RolloutHost.Name, user) ? 0.06 : 0.05;
        if (random.NextDouble() < failing)
            action.Fail(errorType: "broken");
    }

    private static string Original(string file) => Path.Combine(AppContext.BaseDirectory, "Storage", "upgrade", file);
}
