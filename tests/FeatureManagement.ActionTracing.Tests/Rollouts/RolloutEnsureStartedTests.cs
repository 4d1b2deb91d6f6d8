using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>A host that ensures its rollout at every start, over a real file.</summary>
public sealed class RolloutEnsureStartedTests : IDisposable
{
    private const string Own = "\"type\": \"linear\", \"duration\": \"00:30:00\", \"startPercentage\": 10";

    private static readonly RolloutConfig Plan = new() { Type = RolloutType.Stepped, Checkpoints = [20, 60.0m], Duration = TimeSpan.FromHours(1), Alpha = 0.01 };

    private readonly TempDirectory _directory = new();
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        foreach (IDisposable opened in Enumerable.Reverse(_opened))
            opened.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AtEveryStart_OfTheSamePlan_StartsOnce(bool own)
    {
        RolloutConfig? plan = own ? null : Plan;
        RolloutStatus first = await EnsureAsync(Start(), plan);
        RolloutStatus again = await EnsureAsync(Start(), plan is null ? null : Plan with { Checkpoints = [20.0m, 60] });
        Assert.Equal((first.Id, first.Phase), (again.Id, again.Phase));
        Assert.Equal(["rollout_started"], await ActionsAsync());
    }

    [Fact]
    public async Task TwoInstancesAtOnce_OneStarts()
    {
        RolloutHost[] hosts = [Start(), Start(), Start()];
        RolloutStatus[] statuses = await Task.WhenAll(hosts.Select(host => Task.Run(() => EnsureAsync(host, Plan))));
        Assert.Single(statuses.Select(status => status.Id).Distinct());
        Assert.Equal(["rollout_started"], await ActionsAsync());
    }

    [Fact]
    public async Task AfterItsEnd_OfTheSamePlan_StaysEnded()
    {
        RolloutHost host = Start();
        RolloutStatus first = await EnsureAsync(host, Plan);
        await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        RolloutStatus again = await EnsureAsync(Start(), Plan);
        Assert.Equal((first.Id, RolloutPhase.RolledBack), (again.Id, again.Phase));
        Assert.Equal(RolloutPhase.Gradual, (await host.Rollouts.EnsureStartedAsync(RolloutHost.Name, RolloutHost.Ada, Plan with { StartPercentage = 10 })).Phase);
        Assert.Equal(["rollout_started", "rollout_rolled_back", "rollout_started"], await ActionsAsync());
    }

    [Fact]
    public async Task AnotherPlanThatRuns_IsAConflictAndChangesNothing()
    {
        RolloutHost host = Start();
        RolloutStatus first = await EnsureAsync(host, Plan);
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => EnsureAsync(host, Plan with { Alpha = 0.02 }));
        Assert.Equal((FlagChangeError.Conflict, "Flag 'checkout' already has a rollout of another plan. Roll it back or complete it first, or ensure the plan that is running."), (refused.Error, refused.Message));
        Assert.Equal(FlagChangeError.Conflict, (await Assert.ThrowsAsync<FlagChangeException>(() => EnsureAsync(host, null))).Error);
        Assert.Equal(first.Id, host.Status.Id);
    }

    // DESIGN: thresholds of the flag's own plan may be edited during its rollout.
    [Fact]
    public async Task ThresholdsThatWereEditedDuringTheRollout_AreNoOtherPlan()
    {
        const string Edited = Own + ", \"safetyThresholds\": { \"maxErrorRate\": 0.2 }, \"maxHold\": \"02:00:00\"";
        RolloutHost host = Start();
        RolloutStatus first = await EnsureAsync(host, null);
        host.Edit(Edited);
        Assert.Equal(first.Id, (await EnsureAsync(host, null)).Id);
        await host.Rollouts.CompleteAsync(RolloutHost.Name, RolloutHost.Ada);
        RolloutStatus ended = await EnsureAsync(Start(Edited), null);
        Assert.Equal((first.Id, RolloutPhase.Complete), (ended.Id, ended.Phase));
    }

    [Fact]
    public async Task PlannedOne_IsReturned()
    {
        RolloutHost host = Start();
        RolloutConfig planned = Plan with { StartAt = host.Time.GetUtcNow().AddHours(1) };
        Assert.Equal(RolloutPhase.Planned, (await EnsureAsync(host, planned)).Phase);
        Assert.Equal(RolloutPhase.Planned, (await EnsureAsync(Start(), planned)).Phase);
        Assert.Equal(["rollout_planned"], await ActionsAsync());
    }

    private static Task<RolloutStatus> EnsureAsync(RolloutHost host, RolloutConfig? plan) => host.Rollouts.EnsureStartedAsync(RolloutHost.Name, RolloutHost.Ada, plan);

    private async Task<IEnumerable<string>> ActionsAsync() =>
        (await Start().Get<IAuditLog>().QueryAsync(new AuditQuery { Flag = RolloutHost.Name, OldestFirst = true })).Select(entry => entry.Action).Where(action => action.StartsWith("rollout", StringComparison.Ordinal));

    // A start of the application, over the same file; those before it may still run.
    private RolloutHost Start(string rolloutConfig = Own)
    {
        var store = new SqliteStore(new SqliteFile(_directory.File("store.db"), null));
        _opened.Add(store);
        var host = new RolloutHost(rolloutConfig, store: store);
        _opened.Add(host);
        return host;
    }
}
