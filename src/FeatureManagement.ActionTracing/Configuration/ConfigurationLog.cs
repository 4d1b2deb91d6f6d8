using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Logs and counts changes of configuration.</summary>
internal sealed partial class ConfigurationLog(ConfigurationMetrics metrics, ILogger<LiveConfiguration> logger)
{
    public void Started(FlagCatalog catalog, IReadOnlyList<string> warnings, IReadOnlyList<string> notReloaded)
    {
        LogRead(catalog.Flags.Count, catalog.BuiltIn.Count);
        foreach (string warning in warnings)
            LogWarning(warning);
        if (notReloaded.Count > 0)
            LogNotReloaded(string.Join(", ", notReloaded));
    }

    /// <summary>Logs the faults and warnings of a change.</summary>
    public void Judged(ConfigurationChange change)
    {
        foreach (ConfigurationFault fault in change.Rejected)
            LogRejected(fault.Flag is null ? "in part" : $"for flag '{ForeignText.Escape(fault.Flag)}'", fault.Message);
        foreach (ConfigurationFault fault in change.Recovered)
            LogRecovered(fault.Message);
        foreach (string warning in change.Warnings)
            LogWarning(warning);
        if (change.Rejected.Count > 0)
            metrics.Rejected();
    }

    /// <summary>Logs the changed flags and settings of an accepted change.</summary>
    public void Accepted(ConfigurationChange change)
    {
        metrics.Accepted();
        IReadOnlyDictionary<string, FlagDefinition> before = change.Before.Flags;
        IReadOnlyDictionary<string, FlagDefinition> after = change.After.Flags;
        int changed = after.Values.Count(flag => !ReferenceEquals(flag, before.GetValueOrDefault(flag.Name)));
        int removed = before.Keys.Count(name => !after.ContainsKey(name));
        if (changed + removed > 0)
            LogAccepted(changed, removed);
        if (change.After.Settings != change.Before.Settings)
            LogSettings("featureFlagSettings");
        if (change.After.TraceOutput != change.Before.TraceOutput)
            LogSettings("traceOutput");
    }

    public void ListenerFailed(Exception exception) => LogListenerFailed(exception);

    public void Failed(Exception exception) => LogFailed(exception);

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
