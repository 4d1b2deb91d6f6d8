using System.Text;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>A worker's host with an experiment, over a real configuration; its clock moves only when a test moves it.</summary>
internal sealed class ExperimentHost : IDisposable
{
    public const string Flag = "layout";

    private readonly string _flag;
    private readonly IHost _host;
    private readonly FixedJson _json = new();

    public ExperimentHost(
        string variants = """ "a": { "weight": 1 }, "b": { "weight": 1 } """, string experiment = "", string? database = null, Action<IServiceCollection>? configure = null, string flag = Flag)
    {
        _flag = flag;
        _json.Set(Flags(variants, experiment));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        ((IConfigurationBuilder)builder.Configuration).Add(_json);
        builder.Services.AddLogging();
        configure?.Invoke(builder.Services);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddFeatureManagement().WithActionTracing(tracing =>
        {
            if (database is not null)
                tracing.UseSqlite(database);
        });
        _host = builder.Build();
        _host.Start();
    }

    public AdjustableClock Time { get; } = new();

    public IExperimentRecorder Recorder => Get<IExperimentRecorder>();

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static FeatureFlagContext User(string id) => new() { UserId = id };

    /// <summary>Gives a user their variant, which exposes them.</summary>
    public string? See(string user) => Get<IFeatureFlagManager>().GetVariant(_flag, User(user));

    public void Record(string user, string metric, double value = 1) => Recorder.Record(_flag, User(user), metric, value);

    /// <summary>Everything so far, written and checked.</summary>
    public async Task<ExperimentResult> ResultAsync()
    {
        await Get<ExperimentService>().TickAsync(default);
        await Get<ExperimentChecks>().CheckAsync(_flag, default);
        return (await Get<IExperimentResults>().GetAsync(_flag))!;
    }

    /// <summary>Edits configuration and lets it take effect.</summary>
    public async Task EditAsync(string variants, string experiment = "")
    {
        _json.Set(Flags(variants, experiment));
        await Get<ExperimentService>().TickAsync(default);
    }

    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }

    private string Flags(string variants, string experiment) => $$"""
        { "ActionTracing": { "featureFlags": { "{{_flag}}": { "type": "multivariate", "state": "enabled", "variants": { {{variants}} },
          "experiment": { "control": "a", "primaryMetric": "bought", "metrics": {
            "bought": { "kind": "binary" },
            "spent": { "kind": "continuous", "window": "01:00:00", "cap": 100 },
            "waited": { "kind": "continuous", "higherIsBetter": false },
            "complained": { "kind": "binary", "higherIsBetter": false, "role": "guardrail" } } {{experiment}} } } } } }
        """;

    private sealed class FixedJson : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Set(string json)
        {
            Data = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().AsEnumerable()
                .Where(pair => pair.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);
            OnReload();
        }
    }
}
