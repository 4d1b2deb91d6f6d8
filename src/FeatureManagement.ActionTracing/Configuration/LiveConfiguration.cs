using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// The current configuration. An invalid configuration at the start throws; an invalid edit later keeps the last good
/// state of the invalid parts, and <see cref="Current"/> says what and why. Thread-safe.
/// </summary>
internal sealed class LiveConfiguration : IFlagCatalogSource, IActionTracingConfigurationStatus, IDisposable
{
    // Watchers of files may fail, and some file systems have none.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly SettingSource _source;
    private readonly IOptionsMonitorCache<RawSettings> _cache;
    private readonly string _environment;
    private readonly FrozenDictionary<string, FlagDefinition> _builtIn;
    private readonly TimeProvider _time;
    private readonly ConfigurationLog _log;
    private readonly IDisposable? _subscription;
    private readonly ITimer _check;
    private RawSettings? _waiting; // by _gate, as are the next two
    private long _newest;
    private bool _applying;
    private CatalogReading _reading; // by the one thread that applies
    private volatile FlagCatalog _catalog;
    private volatile ConfigurationReport _report;
    private volatile Func<string, bool>? _isOn;

    /// <exception cref="OptionsValidationException">
    /// Configuration is invalid; the message lists every fault.
    /// </exception>
    public LiveConfiguration(
        IOptionsMonitor<RawSettings> monitor,
        IOptionsMonitorCache<RawSettings> cache,
        SettingSource source,
        TimeProvider time,
        ConfigurationLog log,
        IHostEnvironment? environment = null)
    {
        _environment = environment?.EnvironmentName ?? Environments.Production;
        _builtIn = BuiltInFlags.In(_environment);
        _source = source;
        _cache = cache;
        _time = time;
        _log = log;

        RawSettings raw = monitor.CurrentValue;
        _newest = raw.Version;
        _reading = CatalogReading.Read(raw, _environment, _builtIn);
        if (_reading.Faults.Count > 0)
        {
            IEnumerable<string> faults = _reading.Faults.Select(fault => fault.Message);
            throw new OptionsValidationException(SettingReader.SectionName, typeof(FeatureFlagSettings), faults);
        }
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
        log.Started(_catalog, _reading.Warnings, notReloaded);
        _subscription = monitor.OnChange(Apply);
        Apply(monitor.CurrentValue); // an edit between the two
        cache.Clear();
        _check = time.CreateTimer(
            static live => ((LiveConfiguration)live!).Check(), this, CheckInterval, Timeout.InfiniteTimeSpan);
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

    // An exception would end the process in the timer, and stop the other listeners of the options monitor and of ours.
    private void Check()
    {
        SafeCall.Run(
            () =>
            {
                _source.CheckFiles();
                Apply(_source.Read());
            },
            _log.Failed);
        _check.Change(CheckInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Applies what was read, unless it is older than what was applied. One thread at a time applies and notifies, so
    /// that listeners see the changes in their order; another thread leaves its reading to it. No listener runs under
    /// the lock.
    /// </summary>
    private void Apply(RawSettings read)
    {
        lock (_gate)
        {
            if (read.Version <= _newest)
                return;
            _newest = read.Version;
            _waiting = read;
            if (_applying)
                return;
            _applying = true;
        }
        try
        {
            while (TakeWaiting() is { } next)
                SafeCall.Run(() => ApplyNext(next), _log.Failed);
        }
        catch
        {
            // A logger failed twice: the next reading must not wait for this thread.
            lock (_gate)
                _applying = false;
            throw;
        }
        // The cached options are as large as the section, and no longer needed.
        _cache.Clear();
    }

    private RawSettings? TakeWaiting()
    {
        lock (_gate)
        {
            RawSettings? next = _waiting;
            _waiting = null;
            _applying = next is not null;
            return next;
        }
    }

    private void ApplyNext(RawSettings raw)
    {
        Func<FlagDefinition, bool>? isOn = null;
        if (_isOn is { } ask)
            isOn = flag => ask(flag.Name);
        CatalogReading next = CatalogReading.Read(raw, _environment, _builtIn, _reading, isOn);
        var change = ConfigurationChange.Of(_report, _catalog, next, _time.GetUtcNow());
        _reading = next;
        _report = change.Report;
        _log.Judged(change);
        if (change.Rejected.Count + change.Recovered.Count > 0)
            Notify(Judged, listener => listener(change.Rejected, change.Recovered));
        if (!change.IsAccepted)
            return;
        _catalog = change.After;
        _log.Accepted(change);
        Notify(Changed, listener => listener(change.After));
    }

    private void Notify<T>(T? listeners, Action<T> notify) where T : Delegate
    {
        foreach (T listener in Delegate.EnumerateInvocationList(listeners))
            SafeCall.Run(() => notify(listener), _log.ListenerFailed);
    }
}
