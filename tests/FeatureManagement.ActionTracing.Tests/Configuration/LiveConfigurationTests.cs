using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Configuration in a container: what is published, counted and logged, and what is refused.</summary>
public sealed class LiveConfigurationTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_InvalidConfiguration_StopsTheHostWithAllMessages()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddConfiguration(Layers.Of(Layers.Flags(Layers.Flag("a", "\"percentage\": 101, \"sate\": 1") + "," + Layers.Flag("b", "\"parent\": \"nobody\""))));
        builder.Services.AddFeatureManagement().WithActionTracing();
        using IHost host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            [
                "Flag 'a': sate is not a known field; did you mean state?",
                "Flag 'a': percentage is 101; it must be between 0 and 100.",
                "Flag 'b': parent is nobody, and there is no such flag; define it, or remove the parent.",
            ],
            refusal.Failures);
        Assert.All(refusal.Failures, failure => Assert.Contains(failure, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Edits_AreReportedLoggedAndCounted()
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection(Values("enabled")).Build();
        using ServiceProvider provider = Services(root);
        var status = provider.GetRequiredService<IActionTracingConfigurationStatus>();
        using var changes = new MetricCollector<long>(provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.configuration.changes");
        DateTimeOffset start = _time.GetUtcNow();
        ConfigurationReport first = status.Current;
        Assert.Equal((start, 0, null, 0), (first.AcceptedAt, first.Accepted, first.RejectedAt, first.Rejected));
        Assert.True(first.ReloadOnChange);

        _time.Advance(TimeSpan.FromSeconds(1));
        Set(root, "sometimes");
        ConfigurationFault fault = Assert.Single(status.Current.Faults);
        Assert.Equal(("f", start.AddSeconds(1)), (fault.Flag, fault.Since));
        Assert.Equal((start, 0, start.AddSeconds(1), 1), (status.Current.AcceptedAt, status.Current.Accepted, status.Current.RejectedAt, status.Current.Rejected));

        _time.Advance(TimeSpan.FromSeconds(1));
        root.Reload();
        Assert.Equal(fault, Assert.Single(status.Current.Faults));
        Assert.Equal(1, status.Current.Rejected);

        _time.Advance(TimeSpan.FromSeconds(1));
        Set(root, "disabled");
        Assert.Empty(status.Current.Faults);
        Assert.Equal((start.AddSeconds(3), 1, start.AddSeconds(1), 1), (status.Current.AcceptedAt, status.Current.Accepted, status.Current.RejectedAt, status.Current.Rejected));
        Assert.Empty(first.Faults);

        Assert.Equal(["rejected", "accepted"], changes.GetMeasurementSnapshot().Select(change => change.Tags["feature_flag.configuration.result"]));
        Assert.Equal(
            [
                (LogLevel.Information, 130, "Configuration has 7 flags, 6 of them built in."),
                (LogLevel.Error, 132, "Configuration rejected for flag 'f'; the last good definition stays in force: " + fault.Message),
                (LogLevel.Information, 133, "Configuration recovered: " + fault.Message),
                (LogLevel.Information, 131, "Configuration changed: 1 flags are new or different, 0 are gone."),
            ],
            Logs(provider));
    }

    [Fact]
    public void EditsOfSettings_AreLoggedAsWhatTheyAre()
    {
        Dictionary<string, string?> values = Values("enabled");
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        using ServiceProvider provider = Services(root);
        var status = provider.GetRequiredService<IActionTracingConfigurationStatus>();

        root["ActionTracing:featureFlagSettings:defaultTimeout"] = "3000";
        root.Reload();
        root["ActionTracing:traceOutput:maxFiles"] = "3";
        root.Reload();
        root["ActionTracing:traceOutput:maxFiles"] = "none";
        root.Reload();

        Assert.Equal(2, status.Current.Accepted);
        Assert.Equal(
            [
                (LogLevel.Information, 130, "Configuration has 7 flags, 6 of them built in."),
                (LogLevel.Information, 138, "Configuration changed featureFlagSettings."),
                (LogLevel.Information, 138, "Configuration changed traceOutput."),
                (LogLevel.Error, 132, "Configuration rejected in part; the last good definition stays in force: " + Assert.Single(status.Current.Faults).Message),
            ],
            Logs(provider));
    }

    [Fact]
    public void Warnings_AreLoggedOnce()
    {
        Dictionary<string, string?> values = Values("enabled");
        values["ActionTracing:featureFlags:f:rolloutConfig:duration"] = "5";
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        using ServiceProvider provider = Services(root);
        string warning = Assert.Single(provider.GetRequiredService<IActionTracingConfigurationStatus>().Current.Warnings);
        root.Reload();

        Assert.Equal([(LogLevel.Warning, 134, warning)], Logs(provider).Where(log => log.Item1 == LogLevel.Warning));
    }

    [Fact]
    public void AListenerThatFails_HarmsNobody()
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection(Values("enabled")).Build();
        using ServiceProvider provider = Services(root);
        var live = provider.GetRequiredService<LiveConfiguration>();
        var flags = provider.GetRequiredService<IFeatureFlagManager>();
        int observed = 0;
        live.Changed += _ => throw new InvalidOperationException("broken");
        live.Changed += _ => observed++;

        Set(root, "disabled");
        Assert.False(flags.IsEnabled("f"));
        Set(root, "enabled");
        Assert.True(flags.IsEnabled("f"));
        Assert.Equal(2, observed);
    }

    [Fact]
    public void ProviderThatFails_LeavesWhatWasRead()
    {
        var failing = new FailingProvider();
        IConfigurationRoot root = new ConfigurationRoot([new MemoryConfigurationProvider(new MemoryConfigurationSource { InitialData = Values("enabled") }), failing]);
        using ServiceProvider provider = Services(root);
        var status = provider.GetRequiredService<IActionTracingConfigurationStatus>();
        Assert.Empty(status.Current.Faults);

        failing.Fails = true;
        failing.Raise();
        Assert.Equal("Configuration cannot be read: The vault is closed. The last good configuration stays in force.", Assert.Single(status.Current.Faults).Message);
        Assert.True(provider.GetRequiredService<IFeatureFlagManager>().IsEnabled("f"));

        failing.Fails = false;
        failing.Raise();
        Assert.Empty(status.Current.Faults);
    }

    [Fact]
    public void FileThatChangedUnwatched_IsFoundByTheSlowCheck()
    {
        // Nothing watches this directory: the provider of the file has no watcher that works.
        _directory.Write("flags.json", Layers.Flags(Layers.Flag("f")));
        var builder = new ConfigurationBuilder();
        using var files = new UnwatchedFiles(_directory.Path);
        builder.AddJsonFile(files, "flags.json", optional: false, reloadOnChange: true);
        using ServiceProvider provider = Services(builder.Build());
        var status = provider.GetRequiredService<IActionTracingConfigurationStatus>();
        var flags = provider.GetRequiredService<IFeatureFlagManager>();

        _directory.Write("flags.json", Layers.Flags(""" "f": { "type": "boolean", "state": "disabled" } """));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(flags.IsEnabled("f"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(flags.IsEnabled("f"));

        _directory.Write("flags.json", "{ x");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(
            "flags.json cannot be read: 'x' is an invalid start of a property name. Expected a '\"' (line 1); its last good ActionTracing section stays in force.",
            Assert.Single(status.Current.Faults).Message);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, status.Current.Rejected);

        _directory.Write("flags.json", Layers.Flags(Layers.Flag("f")));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(flags.IsEnabled("f"));
        Assert.Empty(status.Current.Faults);

        File.Delete(_directory.File("flags.json"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(flags.IsEnabled("f"));
        Assert.Single(status.Current.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReloadingSwitchedOff_IsSaid(bool byTheHost)
    {
        _directory.Write("appsettings.json", byTheHost ? "{}" : Layers.Flags(Layers.Flag("f")));
        var builder = new ConfigurationBuilder();
        if (byTheHost)
            builder.AddInMemoryCollection(new Dictionary<string, string?> { ["hostBuilder:reloadConfigOnChange"] = "false" });
        builder.AddJsonFile(_directory.File("appsettings.json"), optional: false, reloadOnChange: false).KeepLastGoodJson();
        using ServiceProvider provider = Services(builder.Build());

        Assert.False(provider.GetRequiredService<IActionTracingConfigurationStatus>().Current.ReloadOnChange);
        Assert.Contains(
            (LogLevel.Warning, 136, "Edits of appsettings.json take effect only after a restart: reload is disabled (DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false or reloadOnChange: false)."),
            Logs(provider));
        if (byTheHost)
            return;
        _directory.Write("appsettings.json", Layers.Flags(""" "f": { "type": "boolean", "state": "disabled" } """));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(provider.GetRequiredService<IFeatureFlagManager>().IsEnabled("f"));
    }

    private ServiceProvider Services(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging()).AddSingleton(configuration).AddSingleton<TimeProvider>(_time);
        services.AddFeatureManagement(new ConfigurationBuilder().Build()).WithActionTracing();
        ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IFeatureFlagManager>();
        return provider;
    }

    private static IEnumerable<(LogLevel, int, string)> Logs(IServiceProvider provider) => provider.GetFakeLogCollector().GetSnapshot()
        .Where(log => log.Id.Id is >= 130 and < 170).Select(log => (log.Level, log.Id.Id, log.Message));

    private static Dictionary<string, string?> Values(string state) => new()
    {
        ["ActionTracing:featureFlags:f:type"] = "boolean",
        ["ActionTracing:featureFlags:f:state"] = state,
    };

    private static void Set(IConfigurationRoot root, string state)
    {
        root["ActionTracing:featureFlags:f:state"] = state;
        root.Reload();
    }

    private sealed class FailingProvider : ConfigurationProvider
    {
        public bool Fails { get; set; }

        public void Raise() => OnReload();

        public override bool TryGet(string key, out string? value)
        {
            value = null;
            return false;
        }

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            Fails ? throw new InvalidOperationException("The vault is closed.") : earlierKeys;
    }
}
