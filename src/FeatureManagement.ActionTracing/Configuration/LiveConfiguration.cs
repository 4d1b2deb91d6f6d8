using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// Configuration as it is at any moment. Invalid at the start, it refuses to be; invalid later, what is wrong keeps its
/// last good state, and <see cref="Current"/> says what and why. Thread-safe.
/// </summary>
internal sealed partial class LiveConfiguration : IFlagCatalogSource, IActionTracingConfigurationStatus, IDisposable
{
    // Watchers of files may die, and some file systems have none.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly SettingSource _source;
    private readonly IOptionsMonitorCache<RawSettings> _cache;
    private readonly string _environment;
    private readonly FrozenDictionary<string, FlagDefinition> _builtIn;
    private readonly TimeProvider _time;
    private readonly ConfigurationMetrics _metrics;
    private readonly ILogger _logger;
    private readonly IDisposable? _subscription;
    private readonly ITimer _check;
    private CatalogReading _reading;
    private volatile FlagCatalog _catalog;
    private volatile ConfigurationReport _report;
    private volatile Func<string, bool>? _isOn;

    /// <exception cref="OptionsValidationException">
    /// Configuration is invalid; the message has every sentence.
    /// </exception>
    public LiveConfiguration(
        IOptionsMonitor<RawSettings> monitor,
        IOptionsMonitorCache<RawSettings> cache,
        SettingSource source,
        TimeProvider time,
        ConfigurationMetrics metrics,
        ILogger<LiveConfiguration> logger,
        IHostEnvironment? environment = null)
    {
        _environment = environment?.EnvironmentName ?? Environments.Production;
        _builtIn = BuiltInFlags.In(_environment);
        _source = source;
        _cache = cache;
        _time = time;
        _metrics = metrics;
        _logger = logger;

        RawSettings raw = monitor.CurrentValue;
        _reading = CatalogReading.Read(raw, _environment, _builtIn);
        if (_reading.Faults.Count > 0)
            throw new OptionsValidationException(SettingReader.SectionName, typeof(FeatureFlagSettings), _reading.Faults.Select(fault => fault.Message));
        IReadOnlyList<string> notReloaded = source.NotReloaded();
        _catalog = _reading.Catalog;
        _report = new ConfigurationReport
        {
            AcceptedAt = time.GetUtcNow(),
            Accepted = 0,
            Rejected = 0,
            Faults = [],
            Warnings = _reading.Warnings,
            ReloadOnChange = notReloaded.Count == 0,
        };
        LogRead(_catalog.Flags.Count, _catalog.BuiltIn.Count);
        foreach (string warning in _reading.Warnings)
            LogWarning(warning);
        if (notReloaded.Count > 0)
            LogNotReloaded(string.Join(", ", notReloaded));
        _subscription = monitor.OnChange(_ => Apply());
        // An edit between the two.
        if (!ReferenceEquals(monitor.CurrentValue, raw))
            Apply();
        cache.Clear();
        _check = time.CreateTimer(static live => ((LiveConfiguration)live!).Check(), this, CheckInterval, Timeout.InfiniteTimeSpan);
    }

    public FlagCatalog Catalog => _catalog;

    public ConfigurationReport Current => _report;

    public event Action<FlagCatalog>? Changed;

    public event Action<IReadOnlyList<ConfigurationFault>, IReadOnlyList<ConfigurationFault>>? Judged;

    public void AskWhetherOn(Func<string, bool> isOn) => _isOn = isOn;

    public void Dispose()
    {
        _check.Dispose();
        _subscription?.Dispose();
    }

    private void Check()
    {
        try
        {
            _source.CheckFiles();
            Apply();
        }
#pragma warning disable CA1031 // An exception in a timer ends the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
        _check.Change(CheckInterval, Timeout.InfiniteTimeSpan);
    }

    // Called by the options monitor: what it throws would silence listeners of others.
    private void Apply()
    {
        try
        {
            // One edit after the other, until everybody has heard of it. What is applied is read here: what was read
            // before may be old by now.
            lock (_gate)
                ApplyNext(_source.Read());
            // What was read is as large as configuration itself, and no longer needed.
            _cache.Clear();
        }
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
    }

    private void ApplyNext(RawSettings raw)
    {
        var next = CatalogReading.Read(raw, _environment, _builtIn, _reading, _isOn is { } isOn ? flag => isOn(flag.Name) : null);
        DateTimeOffset now = _time.GetUtcNow();
        ConfigurationReport before = _report;
        bool accepted = !ReferenceEquals(next.Catalog, _catalog);
        ConfigurationReport report = before.Next(next.Faults, next.Warnings, accepted, now);
        ConfigurationFault[] rejected = [.. report.Faults.Except(before.Faults)];
        ConfigurationFault[] recovered = [.. before.Faults.Except(report.Faults)];
        string[] warnings = [.. next.Warnings.Except(before.Warnings)];

        _reading = next;
        _report = report;
        foreach (ConfigurationFault fault in rejected)
            LogRejected(fault.Flag is null ? "in part" : $"for flag '{ForeignText.Escape(fault.Flag)}'", fault.Message);
        foreach (ConfigurationFault fault in recovered)
            LogRecovered(fault.Message);
        foreach (string warning in warnings)
            LogWarning(warning);
        if (rejected.Length > 0)
            _metrics.Rejected();
        if (rejected.Length + recovered.Length > 0)
            foreach (Action<IReadOnlyList<ConfigurationFault>, IReadOnlyList<ConfigurationFault>> listener in Judged?.GetInvocationList() ?? [])
                Notify(() => listener(rejected, recovered));
        if (!accepted)
            return;
        _metrics.Accepted();
        FlagCatalog old = _catalog;
        _catalog = next.Catalog;
        int changed = next.Catalog.Flags.Values.Count(flag => !ReferenceEquals(flag, old.Flags.GetValueOrDefault(flag.Name)));
        int removed = old.Flags.Keys.Count(name => !next.Catalog.Flags.ContainsKey(name));
        if (changed + removed > 0)
            LogAccepted(changed, removed);
        if (next.Catalog.Settings != old.Settings)
            LogSettings("featureFlagSettings");
        if (next.Catalog.TraceOutput != old.TraceOutput)
            LogSettings("traceOutput");
        foreach (Action<FlagCatalog> listener in Changed?.GetInvocationList() ?? [])
            Notify(() => listener(next.Catalog));
    }

    private void Notify(Action listener)
    {
        try
        {
            listener();
        }
#pragma warning disable CA1031 // One listener's fault must not keep the news from the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogListenerFailed(exception);
        }
    }

    [LoggerMessage(EventIds.ConfigurationRead, LogLevel.Information,
        "Configuration has {Flags} flags, {BuiltIn} of them built in.",
        EventName = "ConfigurationRead")]
    private partial void LogRead(int flags, int builtIn);

    [LoggerMessage(EventIds.ConfigurationAccepted, LogLevel.Information,
        "Configuration changed: {Changed} flags are new or different, {Removed} are gone.",
        EventName = "ConfigurationAccepted")]
    private partial void LogAccepted(int changed, int removed);

    [LoggerMessage(EventIds.ConfigurationSettingsAccepted, LogLevel.Information,
        "Configuration changed {Section}.",
        EventName = "ConfigurationSettingsAccepted")]
    private partial void LogSettings(string section);

    [LoggerMessage(EventIds.ConfigurationRejected, LogLevel.Error,
        "Configuration rejected {Where}; the last good definition stays in force: {Fault}",
        EventName = "ConfigurationRejected")]
    private partial void LogRejected(string where, string fault);

    [LoggerMessage(EventIds.ConfigurationRecovered, LogLevel.Information,
        "Configuration recovered: {Fault}",
        EventName = "ConfigurationRecovered")]
    private partial void LogRecovered(string fault);

    [LoggerMessage(EventIds.ConfigurationWarning, LogLevel.Warning, "{Warning}", EventName = "ConfigurationWarning")]
    private partial void LogWarning(string warning);

    [LoggerMessage(EventIds.ConfigurationNotReloaded, LogLevel.Warning,
        "Edits of {Files} take effect only after a restart: reload is disabled "
        + "(DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false or reloadOnChange: false).",
        EventName = "ConfigurationNotReloaded")]
    private partial void LogNotReloaded(string files);

    [LoggerMessage(EventIds.ConfigurationListenerFailed, LogLevel.Error,
        "A listener to changes of configuration failed.",
        EventName = "ConfigurationListenerFailed")]
    private partial void LogListenerFailed(Exception exception);

    [LoggerMessage(EventIds.ConfigurationFailed, LogLevel.Error,
        "A configuration change could not be applied; the last good configuration stays in force.",
        EventName = "ConfigurationFailed")]
    private partial void LogFailed(Exception exception);
}
