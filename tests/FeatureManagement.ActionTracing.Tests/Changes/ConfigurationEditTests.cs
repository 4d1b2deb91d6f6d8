using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Changes;

public sealed class ConfigurationEditTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly SwitchedStore _store = new();
    private readonly FlagServices _services;

    public ConfigurationEditTests() => _services = Start(Flag.Percentage("partial", 10), Flag.On("other"));

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Edit_OfWhatTheFlagAnswers_EndsItsOverride()
    {
        await Update(_services, 50);
        _services.Flags.Set(Flag.Percentage("partial", 20), Flag.On("other"));
        Assert.Equal((20m, FlagSource.Configuration), Now(_services)); // at once, not only when it is written
        await Sync(_services);
        AuditEntry entry = (await Audit())[^1];
        Assert.Equal(("reconciled", "partial", ChangeSource.Configuration), (entry.Action, entry.Flag, entry.Source));
        Assert.Equal("Configuration changed percentage from 10 to 20, so its override or rollout has ended.", entry.Reason);
        Assert.Contains("\"percentage\":50", entry.Before, StringComparison.Ordinal);
        Assert.Contains("\"percentage\":20", entry.After, StringComparison.Ordinal);
        Assert.DoesNotContain("override", (await _store.ReadAsync("flag/", 0, default)).Documents.Single().Json, StringComparison.Ordinal);

        _services.Flags.Set(Flag.Percentage("partial", 10), Flag.On("other"));
        Assert.Equal((10m, FlagSource.Configuration), Now(_services)); // it does not come back
    }

    [Fact]
    public async Task Edit_TakenBackBeforeItIsWritten_HasEndedTheOverride()
    {
        await Update(_services, 50);
        _store.Fault = new IOException("down");
        _services.Flags.Set(Flag.Percentage("partial", 20));
        _services.Flags.Set(Flag.Percentage("partial", 10));
        Assert.Equal((10m, FlagSource.Configuration), Now(_services));
        _store.Fault = null;
        await Sync(_services);
        Assert.Equal((10m, FlagSource.Configuration), Now(_services));
        using FlagServices restarted = Start(Flag.Percentage("partial", 10));
        await Sync(restarted);
        Assert.Equal((10m, FlagSource.Configuration), Now(restarted));
    }

    [Fact]
    public async Task Edit_OfAFlagWithAnAllowList_ClaimsNoChangeOfTheList()
    {
        _services.Flags.Set(Flag.Percentage("partial", 10) with { Whitelist = ["alice"] });
        await Update(_services, 50);
        _services.Flags.Set(Flag.Percentage("partial", 20) with { Whitelist = ["alice"] });
        await Sync(_services);
        AuditEntry entry = (await Audit())[^1];
        Assert.Equal("reconciled", entry.Action);
        // Values that did not change are left out.
        Assert.DoesNotContain("whitelist", entry.Before, StringComparison.Ordinal);
        Assert.DoesNotContain("whitelist", entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_WhileAnUpdateIsOnItsWayToTheStore_EndsTheOverrideForGood()
    {
        _store.BeforeCommit = _ =>
        {
            _store.BeforeCommit = null;
            _services.Flags.Set(Flag.Percentage("partial", 20));
            return Task.CompletedTask;
        };
        await Update(_services, 50);
        Assert.Equal((20m, FlagSource.Configuration), Now(_services));
        await Sync(_services);
        Assert.Equal("reconciled", (await Audit())[^1].Action);

        _services.Flags.Set(Flag.Percentage("partial", 10));
        Assert.Equal((10m, FlagSource.Configuration), Now(_services));
    }

    [Fact]
    public async Task Edit_WhileAnUpdateWaitsForAnother_IsSeenByWhoeverSaidWhatHeHadSeen()
    {
        var written = new TaskCompletionSource();
        _store.BeforeCommit = _ => written.Task;
        Task<FlagStatus> first = _services.Manager.UpdateFlagAsync("other", new FlagUpdate { State = FlagState.Disabled }, Change);
        FlagChange seen = Change.Expecting(FlagETag.Of(_services.Manager.GetFlag("partial")!.Definition));
        Task<FlagStatus> second = _services.Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = 50 }, seen, expectedVersion: 0);
        _services.Flags.Set(Flag.Percentage("partial", 10) with { Whitelist = ["u"] }, Flag.On("other"));
        written.SetResult();
        _store.BeforeCommit = null;
        await first;
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => second);
        Assert.Equal((FlagChangeError.VersionMismatch, "Flag 'partial' has changed since it was read. Read it again, and then decide."), (refused.Error, refused.Message));
    }

    [Fact]
    public async Task Edit_OfAnythingElse_ShowsThroughTheOverride()
    {
        await Update(_services, 50);
        _services.Flags.Set(Flag.Percentage("partial", 10) with { Description = "new", Whitelist = ["u"] });
        await Sync(_services);
        FlagStatus status = _services.Manager.GetFlag("partial")!;
        Assert.Equal((50m, "new"), (status.Definition.Percentage, status.Definition.Description));
        Assert.True(_services.Manager.IsEnabled("partial", new FeatureFlagContext { UserId = "u" }));
    }

    [Fact]
    public async Task Edit_MadeWhileTheProcessWasDown_EndsTheOverride()
    {
        await Update(_services, 50);
        using FlagServices restarted = Start(Flag.Percentage("partial", 10) with { Type = FlagType.Boolean });
        await Sync(restarted);
        Assert.Equal((10m, FlagSource.Configuration), Now(restarted));
        Assert.Equal("Configuration changed type from percentage to boolean, so its override or rollout has ended.", (await Audit())[^1].Reason);
    }

    [Fact]
    public async Task Edit_ThatRemovesTheFlag_EndsItsOverrideButNotItsEmergency()
    {
        await Update(_services, 50);
        await _services.Manager.EmergencyShutdownAsync("partial", Change);
        _services.Flags.Set(Flag.On("other"));
        await Sync(_services);
        Assert.Equal(("reconciled", "partial"), ((await Audit())[^1].Action, (await Audit())[^1].Flag));
        _services.Flags.Set(Flag.Percentage("partial", 10));
        Assert.Equal((10m, FlagSource.Emergency), Now(_services));
    }

    [Fact]
    public async Task Emergency_AnyEdit_Stands()
    {
        await _services.Manager.EmergencyShutdownAsync("other", Change);
        foreach (FlagDefinition flag in new[] { Flag.Off("other"), Flag.On("other") with { Parent = "partial" }, Flag.Killed("other"), Flag.On("other") })
        {
            _services.Flags.Set(Flag.Percentage("partial", 100), flag);
            await Sync(_services);
            Assert.Equal(EvaluationReason.Emergency, _services.Manager.Evaluate("other").Reason);
        }
    }

    private FlagServices Start(params FlagDefinition[] flags) => new(flags, before: services => services.AddSingleton<IActionTracingStore>(_store));

    private static Task<FlagStatus> Update(FlagServices services, decimal percentage) => services.Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = percentage }, Change);

    private static Task Sync(FlagServices services) => services.Get<StoreSynchronizer>().SyncAsync(default);

    private static (decimal, FlagSource) Now(FlagServices services)
    {
        FlagStatus status = services.Manager.GetFlag("partial")!;
        return (status.Definition.Percentage, status.Source);
    }

    private Task<IReadOnlyList<AuditEntry>> Audit() => _store.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default);
}
