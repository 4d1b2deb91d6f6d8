using System.Diagnostics.Metrics;
using System.Text.Json;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Changes;

public sealed class FeatureFlagManagerTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly SwitchedStore _store = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly FlagServices _services;

    public FeatureFlagManagerTests() => _services = new FlagServices(
        [
            Flag.On("checkout"),
            Flag.On("child") with { Parent = "checkout" },
            Flag.Off("off"),
            Flag.Percentage("partial", 10),
            Flag.Killed("killed"),
            Flag.Off("stop") with { Priority = 1 },
            Flag.Variants("banner", FlagState.Enabled, ("blue", 1), ("red", 1)),
        ],
        before: services => services.AddSingleton<IActionTracingStore>(_store).AddSingleton<TimeProvider>(_time));

    private IFeatureFlagManager Manager => _services.Manager;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Update_StateAndPercentage_IsInForceAndAudited()
    {
        FlagStatus status = await Manager.UpdateFlagAsync("PARTIAL", new FlagUpdate { Percentage = 100 }, Change);
        Assert.True(Manager.IsEnabled("partial", new FeatureFlagContext { UserId = "u" }));
        Assert.Equal((100m, FlagSource.Override, 1L, true), (status.Definition.Percentage, status.Source, status.Version, status.IsStored));

        AuditEntry entry = Assert.Single(await _store.ReadAuditAsync(new AuditQuery(), default));
        Assert.Equal(("updated", "partial", "ann", "because", ChangeSource.Code, 1L), (entry.Action, entry.Flag, entry.Actor, entry.Reason, entry.Source, entry.Version));
        Assert.Equal("""{"state":"rollout","percentage":10,"source":"configuration"}""", entry.Before);
        Assert.Equal("""{"state":"rollout","percentage":100,"source":"override"}""", entry.After);

        status = await Manager.ResetFlagAsync("partial", Change);
        Assert.Equal((10m, FlagSource.Configuration, 2L), (status.Definition.Percentage, status.Source, status.Version));
    }

    [Fact]
    public async Task Update_OfAnotherVersion_IsRefused()
    {
        await Manager.UpdateFlagAsync("off", new FlagUpdate { State = FlagState.Enabled }, Change);
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() =>
            Manager.UpdateFlagAsync("off", new FlagUpdate { State = FlagState.Disabled }, Change, expectedVersion: 0));
        Assert.Equal(FlagChangeError.VersionMismatch, refused.Error);
        Assert.Equal("Flag 'off' has changed: it is at version 1, not 0. Read it again, and then decide.", refused.Message);
        Assert.True(Manager.IsEnabled("off"));
        await Manager.UpdateFlagAsync("off", new FlagUpdate { State = FlagState.Disabled }, Change, expectedVersion: 1);
        Assert.False(Manager.IsEnabled("off"));
    }

    [Theory]
    [InlineData("chekout", FlagChangeError.UnknownFlag, "There is no flag 'chekout'; did you mean 'checkout'?")]
    [InlineData("patrial", FlagChangeError.UnknownFlag, "There is no flag 'patrial'; did you mean 'partial'?")]
    [InlineData("killed", FlagChangeError.Conflict, "Flag 'killed' is in emergency; its state and percentage cannot be updated. Clear the emergency first.")]
    public async Task Update_Impossible_SaysWhy(string flag, FlagChangeError error, string message)
    {
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => Manager.UpdateFlagAsync(flag, new FlagUpdate { Percentage = 1 }, Change));
        Assert.Equal((error, message), (refused.Error, refused.Message));
        Assert.Empty(await _store.ReadAuditAsync(new AuditQuery(), default));
    }

    [Fact]
    public async Task Update_SeveralFaults_AreAllTold()
    {
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() =>
            Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = 140, Whitelist = [""] }, Change));
        Assert.Equal(["Flag 'partial': percentage is 140; it must be between 0 and 100.", "Flag 'partial': whitelist has an empty id; remove it."], refused.Errors);
        Assert.Equal(string.Join(' ', refused.Errors), refused.Message);
    }

    [Fact]
    public async Task LastModified_AfterResetAndClear_IsTheirTime()
    {
        using var other = new FlagServices(_services.Flags.Catalog.Flags.Values, before: services => services.AddSingleton<IActionTracingStore>(_store).AddSingleton<TimeProvider>(_time));
        foreach (Func<Task> change in new Func<Task>[]
        {
            () => Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = 20 }, Change),
            () => Manager.ResetFlagAsync("partial", Change),
            () => Manager.EmergencyShutdownAsync("partial", Change),
            () => Manager.ClearEmergencyAsync("partial", Change),
        })
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await change();
            Assert.Equal(_time.GetUtcNow(), Manager.GetFlag("partial")!.LastModified);
            await other.Get<StoreSynchronizer>().SyncAsync(default);
            Assert.Equal(_time.GetUtcNow(), other.Manager.GetFlag("partial")!.LastModified);
        }
    }

    [Fact]
    public async Task Emergency_StoredOrNot_IsCountedOnce()
    {
        using var emergencies = new MetricCollector<long>(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.emergencies");
        _store.Fault = new IOException("down");
        await Manager.EmergencyShutdownAsync("checkout", Change);
        await Manager.EmergencyShutdownAsync("checkout", Change);
        CollectedMeasurement<long> counted = Assert.Single(emergencies.GetMeasurementSnapshot());
        Assert.Equal((1L, "code"), (counted.Value, counted.Tags["feature_flag.change.source"]));
    }

    [Theory]
    [InlineData("", "why", "Every change needs an actor; say who and why.")]
    [InlineData("ann", " ", "Every change needs a reason; say who and why.")]
    public async Task Change_WithoutWhoOrWhy_IsRefused(string actor, string reason, string message)
    {
        var change = new FlagChange(actor, reason);
        foreach (Func<Task> call in new Func<Task>[]
        {
            () => Manager.UpdateFlagAsync("off", new FlagUpdate { Percentage = 1 }, change),
            () => Manager.ClearEmergencyAsync("checkout", change),
        })
        {
            FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(call);
            Assert.Equal((FlagChangeError.Invalid, message), (refused.Error, refused.Message));
        }
        Assert.True(Manager.IsEnabled("checkout"));
    }

    [Fact]
    public async Task Emergency_OfAFlag_StopsItAndItsChildrenUntilCleared()
    {
        EmergencyResult result = await Manager.EmergencyShutdownAsync("checkout", Change);
        Assert.Equal((2, true, false), (result.Stopped, result.IsStored, result.Flag.IsEnabled));
        Assert.Equal(("because", "ann"), (result.Flag.Emergency!.Reason, result.Flag.Emergency.Actor));
        Assert.False(Manager.IsEnabled("checkout"));
        Assert.False(Manager.IsEnabled("child"));

        result = await Manager.EmergencyShutdownAsync("checkout", new FlagChange("bob", "again"));
        Assert.Equal((0, true, "ann"), (result.Stopped, result.IsStored, result.Flag.Emergency!.Actor));

        FlagStatus cleared = await Manager.ClearEmergencyAsync("checkout", Change);
        Assert.True(cleared.IsEnabled);
        Assert.Null(cleared.Emergency);
        Assert.True(Manager.IsEnabled("child"));
        Assert.Equal(["emergency", "emergency_cleared"], (await _store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Emergency_OfAnEmergencyFlag_TurnsItOnAndCountsWhatStops()
    {
        EmergencyResult result = await Manager.EmergencyShutdownAsync("stop", Change);
        Assert.Equal((4, true), (result.Stopped, result.Flag.IsEnabled)); // checkout, child, partial and banner
        Assert.False(Manager.IsEnabled("checkout"));
        Assert.Equal(EvaluationReason.EmergencyFlag, Manager.Evaluate("banner").Reason);
        await Manager.ClearEmergencyAsync("stop", Change);
        Assert.True(Manager.IsEnabled("checkout"));
    }

    [Theory]
    [InlineData("killed", "Flag 'killed' is in emergency by configuration: change ActionTracing:featureFlags:killed:state there.")]
    [InlineData("checkout", "Flag 'checkout' is not in emergency.")]
    public async Task Clear_WhatIsNotToBeCleared_SaysWhatToDo(string flag, string message)
    {
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => Manager.ClearEmergencyAsync(flag, Change));
        Assert.Equal((FlagChangeError.Conflict, message), (refused.Error, refused.Message));
    }

    [Fact]
    public async Task Emergency_StoreDown_ActsAtOnceAndIsWrittenInOrderLater()
    {
        await Manager.UpdateFlagAsync("off", new FlagUpdate { State = FlagState.Enabled }, Change);
        _store.Fault = new IOException("disk full");
        Task<EmergencyResult> first = Manager.EmergencyShutdownAsync("checkout", Change);
        Assert.False(Manager.IsEnabled("checkout")); // before the task has completed
        EmergencyResult result = await first;
        Assert.Equal((2, false, false), (result.Stopped, result.IsStored, result.Flag.IsStored));
        Assert.False((await Manager.EmergencyShutdownAsync("off", Change)).IsStored);

        var status = _services.Get<IActionTracingStoreStatus>();
        Assert.Equal((2, "The store failed: disk full."), (status.Current.OutboxChanges, status.Current.Error));
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = 1 }, Change));
        Assert.Equal(FlagChangeError.StoreUnavailable, refused.Error);
        Assert.Equal(10, Manager.GetFlag("partial")!.Definition.Percentage);

        _store.Fault = null;
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal((0, null), (status.Current.OutboxChanges, status.Current.Error));
        Assert.True(Manager.GetFlag("checkout")!.IsStored);
        Assert.Equal(["off", "checkout", "off"], (await _store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default)).Select(entry => entry.Flag));
    }

    [Fact]
    public async Task Restart_OverTheSameStore_HasEverything()
    {
        await Manager.UpdateFlagAsync("banner", new FlagUpdate { Weights = new Dictionary<string, decimal> { ["red"] = 0.0001m }, Whitelist = ["u"] }, Change);
        await Manager.UpdateFlagAsync("partial", new FlagUpdate { State = FlagState.Canary, Percentage = 0.5m, Groups = ["staff"] }, Change);
        await Manager.EmergencyShutdownAsync("checkout", Change);

        using var restarted = new FlagServices(_services.Flags.Catalog.Flags.Values, before: services => services.AddSingleton<IActionTracingStore>(_store));
        await restarted.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(Manager.GetAllFlags().Select(Comparable), restarted.Manager.GetAllFlags().Select(Comparable));
        Assert.False(restarted.Manager.IsEnabled("child"));
    }

    [Fact]
    public async Task Update_OthersAreFaster_IsAppliedOverTheirs()
    {
        using var other = new FlagServices(_services.Flags.Catalog.Flags.Values, before: services => services.AddSingleton<IActionTracingStore>(_store));
        await Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = 20 }, Change);
        await other.Manager.UpdateFlagAsync("partial", new FlagUpdate { State = FlagState.Canary }, Change);
        FlagStatus status = await Manager.UpdateFlagAsync("partial", new FlagUpdate { Whitelist = ["u"] }, Change);
        Assert.Equal((20m, FlagState.Canary), (status.Definition.Percentage, status.Definition.State));
        Assert.Equal(["u"], status.Definition.Whitelist);
    }

    private static string Comparable(FlagStatus status) => JsonSerializer.Serialize(status with { LastModified = default });
}
