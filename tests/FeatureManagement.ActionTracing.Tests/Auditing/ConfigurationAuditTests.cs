using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>What edits of configuration leave in the audit.</summary>
public sealed class ConfigurationAuditTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task EditedFile_AcceptedRejectedAndMended_IsInTheAuditInOrder()
    {
        Write("'a': { 'type': 'boolean', 'state': 'enabled' }, 'b': { 'type': 'percentage', 'state': 'rollout', 'percentage': 5 }");
        using var host = new EditedHost(_directory);
        Write("'a': { 'type': 'boolean', 'state': 'disabled', 'description': 'Off.' }, 'b': { 'type': 'percentage', 'state': 'rollout', 'percentage': 140 }");
        AuditEntry[] entries = Entries(host, 2);
        Assert.Equal(
            [("configuration_rejected", "b", "Flag 'b': percentage is 140; it must be between 0 and 100."), ("configured", "a", "Configuration changed state and description.")],
            entries.Select(entry => (entry.Action, entry.Flag!, entry.Reason!)));
        Assert.All(entries, entry => Assert.Equal(("configuration", ChangeSource.Configuration, InstanceName.OfThisProcess.Value), (entry.Actor, entry.Source, entry.Instance)));
        Assert.Equal("""{"state":"enabled","percentage":0,"source":"configuration"}""", entries[1].Before);
        Assert.Equal("""{"state":"disabled","percentage":0,"source":"configuration"}""", entries[1].After);

        Write("'a': { 'type': 'boolean', 'state': 'disabled', 'description': 'Off.' }, 'b': { 'type': 'percentage', 'state': 'rollout', 'percentage': 5 }");
        AuditEntry recovered = Entries(host, 3)[2];
        Assert.Equal(("configuration_recovered", "b", "No longer: Flag 'b': percentage is 140; it must be between 0 and 100."), (recovered.Action, recovered.Flag, recovered.Reason));

        Write("'a': { 'type': 'boolean', 'state': 'disabled', 'description': 'Off.' }, 'c': { 'type': 'boolean', 'state': 'enabled' }", "'auditFlagEvaluations': true");
        entries = Entries(host, 6)[3..];
        Assert.Equal(
            [(null, "Configuration changed featureFlagSettings."), ("c", "Configuration has a new flag."), ("b", "Configuration no longer has the flag.")],
            entries.Select(entry => (entry.Flag, entry.Reason)));
        Assert.Contains("\"auditFlagEvaluations\":true", entries[0].After, StringComparison.Ordinal);
        Assert.Null(entries[1].Before);
        Assert.Null(entries[2].After);
        Assert.True((await host.Get<IAuditLog>().VerifyAsync()).IsValid);
    }

    [Fact]
    public async Task Edit_OfWhatAFlagAnswers_ComesBeforeWhatItEnds()
    {
        var store = new InMemoryStore();
        using var services = new FlagServices([Flag.Percentage("partial", 10)], before: collection => collection.AddSingleton<IActionTracingStore>(store));
        await services.Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = 50 }, new FlagChange("ann", "because"));
        services.Flags.Set(Flag.Percentage("partial", 20));
        await services.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(["updated", "configured", "reconciled"], (await store.State.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Edit_OfVeryManyFlags_IsWrittenInSeveralCommits()
    {
        var store = new SwitchedStore();
        int largest = 0;
        store.BeforeCommit = commit =>
        {
            largest = Math.Max(largest, commit.Entries.Count);
            return Task.CompletedTask;
        };
        using var services = new FlagServices([.. Enumerable.Range(0, 1_200).Select(i => Flag.On($"f{i}"))], before: collection => collection.AddSingleton<IActionTracingStore>(store));
        await services.Get<StoreSynchronizer>().SyncAsync(default);
        services.Flags.Set([.. Enumerable.Range(0, 1_200).Select(i => Flag.Off($"f{i}"))]);
        await services.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal((500, 1_200L), (largest, (await store.ReadAuditBoundsAsync(default)).Head.Number));
    }

    [Fact]
    public async Task Edit_WhoseCommitSucceedsWithoutAnAnswer_IsInTheAuditOnce()
    {
        var store = new SwitchedStore();
        using var services = new FlagServices([Flag.Percentage("partial", 10)], before: collection => collection.AddSingleton<IActionTracingStore>(store));
        var synchronizer = services.Get<StoreSynchronizer>();
        await synchronizer.SyncAsync(default);
        for (decimal percentage = 20; percentage <= 40; percentage += 10)
        {
            store.AfterCommit = _ => throw new TimeoutException();
            services.Flags.Set(Flag.Percentage("partial", percentage));
            await Assert.ThrowsAsync<FlagChangeException>(() => synchronizer.SyncAsync(default));
            await Assert.ThrowsAsync<FlagChangeException>(() => synchronizer.SyncAsync(default)); // it probes whether writing works
            store.AfterCommit = null;
            await synchronizer.SyncAsync(default);
        }
        Assert.Equal(["configured", "configured", "configured"], (await store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Action));
        Assert.Equal(0, services.Get<IActionTracingStoreStatus>().Current.OutboxAuditEntries);
    }

    [Fact]
    public async Task Edit_ByTwoInstancesAtOnce_IsInTheAuditOnceForEach()
    {
        var store = new SwitchedStore();
        using var one = new FlagServices([Flag.Percentage("partial", 10)], before: collection => collection.AddSingleton<IActionTracingStore>(store));
        using var other = new FlagServices([Flag.Percentage("partial", 10)], before: collection => collection.AddSingleton<IActionTracingStore>(store));
        await one.Get<StoreSynchronizer>().SyncAsync(default);
        await other.Get<StoreSynchronizer>().SyncAsync(default);
        one.Flags.Set(Flag.Percentage("partial", 20));
        other.Flags.Set(Flag.Percentage("partial", 20));
        store.BeforeCommit = _ =>
        {
            store.BeforeCommit = null;
            return other.Get<StoreSynchronizer>().SyncAsync(default); // it is faster
        };
        await one.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(["configured", "configured"], (await store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Action));
    }

    private static AuditEntry[] Entries(EditedHost host, int count)
    {
        AuditEntry[] entries = [];
        Eventually.True(
            () => (entries = [.. host.Get<IAuditLog>().QueryAsync(new AuditQuery { OldestFirst = true }).Result]).Length >= count,
            () => $"{entries.Length} entries, not {count}: {string.Join(", ", entries.Select(entry => entry.Reason))}");
        Assert.Equal(count, entries.Length);
        return entries;
    }

    private void Write(string flags, string settings = "") => _directory.Write("appsettings.json",
        $$"""{ "ActionTracing": { "featureFlags": { {{flags}} }, "featureFlagSettings": { {{settings}} } } }""".Replace('\'', '"'));
}
