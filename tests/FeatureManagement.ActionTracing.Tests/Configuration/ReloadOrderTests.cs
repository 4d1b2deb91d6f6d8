using FeatureManagement.ActionTracing.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>How often a reload reads the section, and how its listeners are notified.</summary>
public sealed class ReloadOrderTests
{
    private readonly CountingProvider _provider = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Reload_ReadsTheSectionOnce()
    {
        using ServiceProvider services = Services(out IConfigurationRoot root);
        var live = services.GetRequiredService<LiveConfiguration>();
        int readings = _provider.Readings;

        _provider.Set(CountingProvider.State, "disabled");
        root.Reload();

        Assert.Equal(FlagState.Disabled, live.Catalog.Flags["f"].State);
        Assert.Equal(1, _provider.Readings - readings);
    }

    [Fact]
    public void Start_ReadsTheSectionOnce()
    {
        using ServiceProvider services = Services(out _);

        services.GetRequiredService<LiveConfiguration>();

        Assert.Equal(1, _provider.Readings);
    }

    [Fact]
    public void Listeners_RunUnderNoLock_AndInTheOrderOfTheChanges()
    {
        using ServiceProvider services = Services(out IConfigurationRoot root);
        var live = services.GetRequiredService<LiveConfiguration>();
        var states = new List<FlagState>();
        bool otherThreadReturned = false;
        int notifiedMeanwhile = 0;
        live.Changed += catalog =>
        {
            states.Add(catalog.Flags["f"].State);
            if (states.Count > 1)
                return;
            _provider.Set(CountingProvider.State, "development");
            // The periodic check reads the second change on another thread, while the first one is notified.
            otherThreadReturned = Task.Run(() => _time.Advance(TimeSpan.FromSeconds(31))).Wait(TimeSpan.FromSeconds(30));
            notifiedMeanwhile = states.Count - 1;
        };

        _provider.Set(CountingProvider.State, "disabled");
        root.Reload();

        Assert.True(otherThreadReturned);
        Assert.Equal(0, notifiedMeanwhile);
        Assert.Equal([FlagState.Disabled, FlagState.Development], states);
        Assert.Equal(FlagState.Development, live.Catalog.Flags["f"].State);
    }

    /// <summary>The logger fails when the change is logged, and again when that failure is.</summary>
    [Fact]
    public void Reload_WhileTheLoggerFails_DoesNotStopTheNextOne()
    {
        using var logger = new FailingLogger();
        using ServiceProvider services = Services(out IConfigurationRoot root, logging => logging.AddProvider(logger));
        var live = services.GetRequiredService<LiveConfiguration>();
        logger.Fails = true;
        _provider.Set(CountingProvider.State, "nonsense");
        Assert.ThrowsAny<Exception>(root.Reload);
        logger.Fails = false;

        _provider.Set(CountingProvider.State, "emergency_off");
        root.Reload();

        Assert.Equal(FlagState.EmergencyOff, live.Catalog.Flags["f"].State);
    }

    private ServiceProvider Services(out IConfigurationRoot root, Action<ILoggingBuilder>? logging = null)
    {
        root = new ConfigurationRoot([_provider]);
        var services = new ServiceCollection();
        services.AddLogging(logging ?? (static _ => { })).AddSingleton<IConfiguration>(root).AddSingleton<TimeProvider>(_time);
        services.AddFeatureManagement(root).WithActionTracing();
        return services.BuildServiceProvider();
    }

    private sealed class FailingLogger : ILoggerProvider, ILogger
    {
        public bool Fails { get; set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Fails)
                throw new InvalidOperationException("The logger fails.");
        }

        public void Dispose()
        {
        }
    }

    private sealed class CountingProvider : ConfigurationProvider
    {
        public const string State = "ActionTracing:featureFlags:f:state";

        public CountingProvider()
        {
            Set("ActionTracing:featureFlags:f:type", "boolean");
            Set(State, "enabled");
        }

        public int Readings { get; private set; }

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
        {
            if (parentPath == "ActionTracing:featureFlags")
                Readings++;
            return base.GetChildKeys(earlierKeys, parentPath);
        }
    }
}
