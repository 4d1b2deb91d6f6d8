using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Evaluations;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>What <c>auditFlagEvaluations</c> writes, and when.</summary>
public sealed class EvaluationAuditTests : IAsyncDisposable
{
    private static readonly FeatureFlagContext Ann = new() { UserId = "ann" };

    private readonly AdjustableClock _time = new();
    private readonly SwitchedEvaluations _store = new();
    private FlagServices _services;
    private EvaluationAuditService _service;

    public EvaluationAuditTests() => (_services, _service) = Start();

    public async ValueTask DisposeAsync()
    {
        await _service.StopAsync(default);
        _services.Dispose();
    }

    [Fact]
    public async Task Evaluate_EachWayIn_IsWrittenOnceWithItsReasonAndAHashedId()
    {
        Set(audited: true);
        DateTimeOffset now = _time.GetUtcNow();
        var features = _services.Get<IFeatureManager>();
        var variants = _services.Get<IVariantFeatureManager>();
        _services.Manager.IsEnabled("partial", Ann);
        _services.Manager.IsEnabled("OFF");
        _services.Manager.GetVariant("banner", Ann);
        _services.Manager.Evaluate("on", Ann);
        await features.IsEnabledAsync("on", Ann);
        await features.IsEnabledAsync("on", new TargetingContext { UserId = "ann" });
        await variants.GetVariantAsync("banner", Ann, default);
        _services.Manager.IsEnabled("on", new FeatureFlagContext { RequestId = "request" });

        EvaluationAuditEntry[] entries = [.. (await WrittenAsync()).Reverse()];
        Assert.Equal(["partial", "off", "banner", "on", "on", "on", "banner", "on"], entries.Select(entry => entry.Flag));
        string ann = SubjectHash.Of("ann");
        Assert.Equal([ann, null, ann, ann, ann, ann, ann, SubjectHash.Of("request")], entries.Select(entry => entry.Subject));
        Assert.Equal((true, EvaluationReason.InPercentage, null), (entries[0].IsEnabled, entries[0].Reason, entries[0].Variant));
        Assert.Equal((false, EvaluationReason.Disabled), (entries[1].IsEnabled, entries[1].Reason));
        Assert.Equal(("blue", "blue"), (entries[2].Variant, entries[6].Variant));
        Assert.All(entries, entry => Assert.Equal((now, InstanceName.OfThisProcess.Value), (entry.At, entry.Instance)));
        Assert.DoesNotContain(entries, entry => entry.Subject is "ann" or "request");
    }

    [Fact]
    public void Hash_AnId_IsAsTheDocumentationHasIt() => Assert.Equal("2bd806c97f0e00af1a1fc3328fa763a9", SubjectHash.Of("alice"));

    [Fact]
    public async Task Setting_SwitchedWhileRunning_TakesEffectWithTheNextEvaluation()
    {
        _services.Manager.IsEnabled("on", Ann);
        Set(audited: true);
        _services.Manager.IsEnabled("partial", Ann);
        await _services.Manager.UpdateFlagAsync("off", new FlagUpdate { State = FlagState.Enabled }, new FlagChange("ann", "test")); // the snapshot is another one, and is audited too
        _services.Manager.IsEnabled("off", Ann);
        Set(audited: false);
        _services.Manager.IsEnabled("on", Ann);
        Assert.Equal(["off", "partial"], (await WrittenAsync()).Select(entry => entry.Flag));
    }

    [Fact]
    public async Task Ambient_FlagThatNeedsNoContext_IsWrittenWithTheUserAllTheSame()
    {
        await DisposeAsync();
        (_services, _service) = Start(services => services.AddSingleton<ITargetingContextAccessor>(new AmbientUser { Get = () => new(new TargetingContext { UserId = "ann" }) }));
        Set(audited: true);
        _services.Manager.IsEnabled("on");
        await _services.Get<IFeatureManager>().IsEnabledAsync("on");
        Assert.Equal([SubjectHash.Of("ann"), SubjectHash.Of("ann")], (await WrittenAsync()).Select(entry => entry.Subject));
    }

    [Fact]
    public async Task SessionManager_ThatHasItsWay_IsWrittenWithItsAnswerAndNoReason()
    {
        await DisposeAsync();
        (_services, _service) = Start(services => services.AddSingleton<ISessionManager, YesMan>());
        Set(audited: true);
        Assert.True(await _services.Get<IFeatureManager>().IsEnabledAsync("off"));
        Assert.True(await _services.Get<IVariantFeatureManager>().IsEnabledAsync("on", Ann, default));
        Assert.Equal([("on", true, EvaluationReason.Enabled), ("off", true, default(EvaluationReason?))], (await WrittenAsync()).Select(entry => (entry.Flag, entry.IsEnabled, entry.Reason)));
    }

    [Fact]
    public async Task SessionManager_ThatGivesAVariant_IsWrittenWithWhatWasGiven()
    {
        await DisposeAsync();
        (_services, _service) = Start(services => services.AddSingleton<ISessionManager, YesMan>());
        Set(audited: true, Flag.Variants("banner", FlagState.Disabled, ("blue", 1)));
        Assert.Equal("blue", (await _services.Get<IVariantFeatureManager>().GetVariantAsync("banner", Ann, default))?.Name);
        EvaluationAuditEntry entry = Assert.Single(await WrittenAsync());
        Assert.Equal((true, "blue", null), (entry.IsEnabled, entry.Variant, entry.Reason));
    }

    [Fact]
    public async Task Snapshot_InAnEmergency_IsWritten()
    {
        Set(audited: true, Flag.Killed("on"));
        using IServiceScope scope = _services.Provider.CreateScope();
        await scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>().IsEnabledAsync("on");
        Assert.Equal(EvaluationReason.Emergency, Assert.Single(await WrittenAsync()).Reason);
    }

    [Fact]
    public async Task Queue_Full_DropsAndCountsAndSaysSo()
    {
        using var collector = new MetricCollector<long>(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.audit.dropped");
        Set(audited: true);
        for (int i = 0; i < 65_536 + 3; i++)
            _services.Manager.IsEnabled("on", Ann);
        Assert.Equal(3, _services.Get<IEvaluationAudit>().Dropped);
        Assert.Equal(3, collector.GetMeasurementSnapshot().Sum(measured => measured.Value));
        await WrittenAsync(65_536);
        Assert.Equal("3 evaluations were not audited: they came faster than they could be written.", Assert.Single(_services.Warnings(265)));
        Assert.Equal(65_536, _store.Written);
    }

    [Fact]
    public async Task Store_Down_KeepsWhatWaitsAndWritesItInOrderOnce()
    {
        Set(audited: true);
        _store.Fault = new IOException("disk full");
        _services.Manager.IsEnabled("on", Ann);
        Poll(() => _store.Calls > 2, "tried again");
        _services.Manager.IsEnabled("off", Ann);
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => _services.Get<IEvaluationAudit>().QueryAsync(new EvaluationAuditQuery()));
        Assert.Equal("Evaluations could not be read: disk full.", refused.Message);
        _store.Fault = null;
        Assert.Equal(["off", "on"], (await WrittenAsync(2)).Select(entry => entry.Flag));
        Assert.Single(_services.Warnings(264));
    }

    [Fact]
    public async Task Retention_RemovesWhatIsOlder_AlsoWhenNothingIsAuditedAnyMore()
    {
        Set(audited: true);
        _services.Manager.IsEnabled("on", Ann);
        await WrittenAsync();
        Set(audited: false);
        _time.Advance(TimeSpan.FromDays(7));
        Poll(() => _services.Get<IEvaluationAudit>().QueryAsync(new EvaluationAuditQuery()).Result.Count == 0, "removed");
    }

    [Fact]
    public void Retention_WallClockAnHourBack_IsAppliedAMinuteLater()
    {
        Poll(() => _store.Cuts > 0, "cut for the first time");
        _time.Adjustment = TimeSpan.FromHours(-1);
        int cuts = _store.Cuts;
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(3);
        Poll(() => _store.Cuts > cuts || _time.GetUtcNow() > end, "cut again");
        Assert.True(_store.Cuts > cuts);
    }

    [Fact]
    public async Task Stop_WithEvaluationsQueued_WritesThem()
    {
        Set(audited: true);
        _services.Manager.IsEnabled("on", Ann);
        await _service.StopAsync(default);
        Assert.Equal(1, _store.Written);
    }

    [Fact]
    public async Task Query_ByTheIdItself_FindsItsHash()
    {
        Set(audited: true);
        _services.Manager.IsEnabled("on", Ann);
        _services.Manager.IsEnabled("on", new FeatureFlagContext { UserId = "bob" });
        _services.Manager.IsEnabled("on");
        await WrittenAsync(3);
        var audit = _services.Get<IEvaluationAudit>();
        Assert.Equal(SubjectHash.Of("bob"), Assert.Single(await audit.QueryAsync(new EvaluationAuditQuery { Key = "bob" })).Subject);
        Assert.Empty(await audit.QueryAsync(new EvaluationAuditQuery { Key = "default" }));
        Assert.StartsWith("Take is 0; it must be 1 to 1000.", (await Assert.ThrowsAsync<ArgumentException>(() => audit.QueryAsync(new EvaluationAuditQuery { Take = 0 }))).Message, StringComparison.Ordinal);
    }

    private (FlagServices, EvaluationAuditService) Start(Action<IServiceCollection>? configure = null)
    {
        var services = new FlagServices(Flags(), before: collection =>
        {
            collection.AddSingleton<TimeProvider>(_time);
            collection.AddSingleton<IActionTracingStore>(new PartStore { Evaluations = _store });
            configure?.Invoke(collection);
        });
        EvaluationAuditService service = services.Provider.GetServices<IHostedService>().OfType<EvaluationAuditService>().Single();
        service.StartAsync(default).GetAwaiter().GetResult();
        return (services, service);
    }

    private static FlagDefinition[] Flags(params FlagDefinition[] others) =>
    [
        .. others, .. new[] { Flag.On("on"), Flag.Off("off"), Flag.Percentage("partial", 100), Flag.Variants("banner", FlagState.Enabled, ("blue", 1)) }
            .ExceptBy(others.Select(flag => flag.Name), flag => flag.Name),
    ];

    private void Set(bool audited, params FlagDefinition[] others) =>
        _services.Flags.Set(Flags(others), new FeatureFlagSettings { AuditFlagEvaluations = audited, DefaultTimeout = TimeSpan.FromMinutes(1) });

    private async Task<IReadOnlyList<EvaluationAuditEntry>> WrittenAsync(int count = 1)
    {
        Poll(() => _services.Get<EvaluationQueue>().Writer.Count == 0 && _store.Written >= count, "written");
        return await _services.Get<IEvaluationAudit>().QueryAsync(new EvaluationAuditQuery { Take = 1_000 });
    }

    private void Poll(Func<bool> condition, string what) => Eventually.True(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        () => $"not {what}");

    private sealed class YesMan : ISessionManager
    {
        public Task SetAsync(string featureName, bool enabled) => Task.CompletedTask;

        public Task<bool?> GetAsync(string featureName) => Task.FromResult<bool?>(true);
    }

    private sealed class SwitchedEvaluations : IEvaluationStore
    {
        private readonly InMemoryEvaluations _inner = new();

        public Exception? Fault { get; set; }

        public int Calls { get; private set; }

        public int Written { get; private set; }

        public async Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken)
        {
            Calls++;
            Check();
            await _inner.WriteAsync(entries, cancellationToken);
            Written += entries.Count;
        }

        public Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken)
        {
            Check();
            return _inner.ReadAsync(query, subject, cancellationToken);
        }

        public int Cuts { get; private set; }

        public Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken)
        {
            Cuts++;
            return _inner.CutAsync(before, cancellationToken);
        }

        private void Check()
        {
            if (Fault is { } fault)
                throw fault;
        }
    }
}
