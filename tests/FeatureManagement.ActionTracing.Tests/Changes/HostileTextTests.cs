using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Rollouts;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>
/// No text of others breaks a line of the log or of an error sentence, or reaches a terminal as an escape sequence. Every member of the managers that takes
/// text is called with it, also one that is added later.
/// </summary>
public sealed class HostileTextTests : IDisposable
{
    private const string Hostile = "x\r\n2026-01-01 crit: all is well\u001b[2J\u009b\t\u2028\u202e\u0007";

    // Configuration takes such a name: none of these is a control character.
    private const string Turned = "turned\u202e\u2028";

    private readonly SwitchedStore _store = new();
    private readonly FailingSource _source = new();
    private readonly List<string> _sentences = [];
    private readonly FlagServices _services;

    public HostileTextTests() => _services = new FlagServices(
        [
            Flag.Percentage("flag", 10), Flag.Percentage("other", 10), Flag.Percentage(Turned, 10),
            Flag.Variants("layout", FlagState.Enabled, ("grid", 1), ("list", 1)) with
            {
                Experiment = new ExperimentConfig { Control = "list", PrimaryMetric = "bought", Metrics = [new ExperimentMetric { Name = "bought", Kind = MetricKind.Binary }] },
            },
        ],
        before: services => services
            .AddSingleton<IActionTracingStore>(_store)
            .AddSingleton<IRolloutMetricsSource>(_source)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace)),
        configuration: new Dictionary<string, string?>
        {
            ["feature_management:feature_flags:0:id"] = "theirs",
            ["feature_management:feature_flags:0:enabled"] = "true",
            ["feature_management:feature_flags:0:conditions:client_filters:0:name"] = "ActionTracingPercentage",
            ["feature_management:feature_flags:0:conditions:client_filters:0:parameters:percentage"] = Hostile,
        });

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task EveryChange_WithTextOfOthers_LogsAndAnswersOneLineEach()
    {
        await CallAllAsync<IFeatureFlagManager>();
        await CallAllAsync<IRolloutManager>();
        await TryAsync(() => _services.Manager.UpdateFlagAsync("layout", new FlagUpdate { Weights = new Dictionary<string, decimal> { [Hostile] = 1 } }, new FlagChange("ann", "why")));
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        AssertHarmless();
        Assert.Contains(Logged(), message => message.Contains(@"all is well\u001b[2J", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EveryMoveOfARollout_WithTextOfOthers_LogsOneLineEach()
    {
        IRolloutManager rollouts = _services.Get<IRolloutManager>();
        var change = new FlagChange(Hostile, Hostile);
        foreach (string name in (string[])["flag", "other", Turned])
            await rollouts.StartAsync(name, change);
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        await _services.Get<RolloutLoop>().TickAsync(default); // the source fails with words of its own
        await rollouts.PauseAsync("flag", change);
        await rollouts.ResumeAsync("flag", change);
        await rollouts.CompleteAsync("flag", change);
        await rollouts.RollBackAsync("other", change);
        AssertHarmless();
    }

    [Fact]
    public async Task RolloutOfAFlagWithSuchAName_ThatCannotBeginAndThenFails_LogsOneLineEach()
    {
        const string Planned = """
            { "rollout": { "id": "x", "plan": { "targetPercentage": 51 }, "start": 50, "percentage": 50, "startedAt": "2026-01-01T00:00:00Z",
              "over": { "type": "percentage", "state": "rollout", "percentage": 10 }, "phase": "planned", "actor": "eve", "reason": "r" } }
            """;
        await _store.CommitAsync(new StoreCommit([new DocumentWrite(FlagRecords.KeyOf(Turned), Planned, null)], []), default);
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        _store.Fault = new IOException(Hostile);
        await _services.Get<RolloutLoop>().TickAsync(default);
        _store.Fault = null;
        _source.Instead = new ScriptedSource { Finds = ScriptedSource.Found.Regression };
        for (int i = 0; i < 10; i++)
            await _services.Get<RolloutLoop>().TickAsync(default);
        Assert.All((int[])[400, 405], id => Assert.NotEmpty(_services.Warnings(id)));
        AssertHarmless();
    }

    [Fact]
    public async Task Store_ThatFailsOrHoldsForeignKeys_IsLoggedInOneLine()
    {
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        string weights = $$"""{ "override": { "weights": {{JsonSerializer.Serialize(new Dictionary<string, string> { [Hostile] = "no number" })}} } }""";
        await _store.Inner.State.CommitAsync(new StoreCommit([new DocumentWrite("flag/" + Hostile, "{}", null), new DocumentWrite("flag/OTHER", "{ " + Hostile, null), new DocumentWrite("flag/" + Turned, weights, null)], []), default);
        await _services.Get<StoreSynchronizer>().SyncAsync(default);
        _store.Fault = new IOException(Hostile);
        await TryAsync(() => _services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 2 }, new FlagChange("ann", "why")));
        await _services.Manager.EmergencyShutdownAsync("flag", new FlagChange(Hostile, Hostile));
        IActionTracingStoreStatus status = _services.Get<IActionTracingStoreStatus>();
        Assert.Equal(2, status.Current.Unreadable.Count);
        _sentences.AddRange([.. status.Current.Unreadable, status.Current.Error!]);
        AssertHarmless();
    }

    [Fact]
    public async Task EvaluationTracingAndExperiments_WithTextOfOthers_LogOneLineEach()
    {
        var user = new FeatureFlagContext { UserId = Hostile, SessionId = Hostile, Groups = [Hostile] };
        IFeatureFlagManager manager = _services.Manager;
        manager.IsEnabled(Hostile, user);
        manager.IsEnabled("flagg" + Hostile[1..5], user);
        manager.IsEnabled(Turned[..^1], user); // near the flag
        manager.IsEnabled(new string('\n', 5_000), user);
        manager.Evaluate("flag", user);
        await _services.Get<ExperimentService>().TickAsync(default);
        _services.Get<IExperimentRecorder>().Record("layout", user, Hostile, 1);
        _services.Get<IExperimentRecorder>().Record(Hostile, user, Hostile, 1);
        using (TracedAction action = _services.Get<IActionTracer>().StartAction(Hostile, user))
            action.Fail(new InvalidOperationException(Hostile), Hostile);
        using (IServiceScope scope = _services.Provider.CreateScope())
            await scope.ServiceProvider.GetRequiredService<IFeatureManager>().IsEnabledAsync("theirs", user);
        using (manager.WatchFlag(Turned, _ => throw new InvalidOperationException(Hostile)))
        using (manager.WatchFlag(Hostile, _ => { }))
        {
            await manager.UpdateFlagAsync(Turned, new FlagUpdate { Percentage = 3 }, new FlagChange(Hostile, Hostile));
            Eventually.True(() => _services.Warnings(201).Any(), () => "The watcher's failure was not logged.");
        }
        Assert.All((int[])[110, 500], id => Assert.NotEmpty(_services.Warnings(id))); // the filter's value, the experiment's metric
        AssertHarmless();
    }

    [Fact]
    public async Task Configuration_WithTextOfOthers_IsRejectedInOneLineEach()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:flag:type"] = "percentage",
            ["ActionTracing:featureFlags:flag:state"] = "disabled",
            [$"ActionTracing:featureFlags:{Turned}:type"] = "boolean",
            [$"ActionTracing:featureFlags:{Turned}:state"] = "disabled",
        });
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddFeatureManagement().WithActionTracing();
        using IHost host = builder.Build();
        await host.StartAsync();
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        foreach ((string field, string value) in ((string, string)[])
        [
            ("featureFlags:flag:state", Hostile), ("featureFlags:flag:percentage", Hostile), ("featureFlags:flag:parent", Hostile), ("featureFlags:flag:" + Hostile, "x"),
            ("featureFlags:flag:whitelist", Hostile), ($"featureFlags:{Turned}:whitelist:2", "after a gap"), ("featureFlags:flag:environments:Production:state", Hostile), ("featureFlags:flag:rolloutConfig:type", Hostile),
            ("featureFlags:flag:rolloutConfig:checkpoints:0", Hostile), ("featureFlags:flag:rolloutConfig:schedule:0:after", Hostile), ("featureFlags:flag:rolloutConfig:startAt", Hostile),
            ("featureFlags:flag:rolloutConfig:duration", Hostile), ("featureFlags:flag:variants:" + Hostile + ":weight", Hostile), ("featureFlags:flag:experiment:control", Hostile),
            ("featureFlags:" + Hostile + ":type", "boolean"), ("featureFlagSettings:cacheTtl", Hostile), ("featureFlagSettings:" + Hostile, "1"), ("traceOutput:maxFiles", Hostile), (Hostile, "x"),
        ])
            configuration["ActionTracing:" + field] = value;
        configuration.Reload();
        IReadOnlyList<FakeLogRecord> logged = host.Services.GetFakeLogCollector().GetSnapshot();
        Assert.Contains(logged, record => record.Id.Id == 132);
        Assert.All(logged.SelectMany(record => (record.StructuredState ?? []).Select(pair => pair.Value ?? "").Append(record.Message)), text => Assert.DoesNotContain(text, IsHarmful));
        await host.StopAsync();
    }

    // Each member with each flag: text where it takes text, and what is allowed elsewhere.
    private async Task CallAllAsync<T>() where T : notnull
    {
        T manager = _services.Get<T>();
        foreach (string flag in (string[])["flag", Turned, Hostile])
            foreach (MethodInfo member in typeof(T).GetMethods())
                await TryAsync(async () =>
                {
                    object?[] arguments = [.. member.GetParameters().Select(parameter => Argument(parameter, flag))];
                    object? answer = member.Invoke(manager, BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture);
                    if (answer is Task task)
                        await task;
                });
    }

    private static object? Argument(ParameterInfo parameter, string flag) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => flag,
        var type when type == typeof(FlagChange) => new FlagChange(Hostile, Hostile),
        var type when type == typeof(FlagUpdate) => new FlagUpdate { Percentage = 5, Whitelist = [Hostile], Groups = [Hostile] },
        var type when type == typeof(FeatureFlagContext) => new FeatureFlagContext { UserId = Hostile },
        var type when type == typeof(Action<FlagStatus>) => static (FlagStatus status) => Assert.NotNull(status),
        var type when type.IsValueType => Activator.CreateInstance(type),
        _ => null,
    };

    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (FlagChangeException refused)
        {
            _sentences.AddRange([refused.Message, .. refused.Errors]);
        }
    }

    private IEnumerable<string> Logged() => _services.Provider.GetFakeLogCollector().GetSnapshot()
        .SelectMany(record => (record.StructuredState ?? []).Select(pair => pair.Value ?? "").Append(record.Message));

    private void AssertHarmless()
    {
        Assert.All(Logged().Concat(_sentences), text => Assert.DoesNotContain(text, IsHarmful));
        Assert.NotEmpty(Logged());
    }

    private static bool IsHarmful(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private sealed class FailingSource : IRolloutMetricsSource
    {
        public ScriptedSource? Instead { get; set; }

        public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken) =>
            Instead?.ReadAsync(query, cancellationToken) ?? throw new InvalidOperationException(Hostile);

        public void Forget(string flag)
        {
        }
    }
}
