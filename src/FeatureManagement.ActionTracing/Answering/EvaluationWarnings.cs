using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Answering;

/// <summary>Logs warnings to callers once, not at every evaluation. Thread-safe.</summary>
internal sealed partial class EvaluationWarnings(ILogger<EvaluationWarnings> logger)
{
    private const int MaxRemembered = 1_000;
    private const string TooLong = ""; // one entry for all of them

    private readonly ConcurrentDictionary<string, bool> _unknownFlags = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, bool> _unknownContexts = new();
    private int _remembered; // the dictionary's own count takes its locks
    private int _missingContext;
    private int _failingContext;

    /// <summary>
    /// A name without a flag. The number of logged names is bounded, because names may come from users.
    /// </summary>
    public void UnknownFlag(string name, FlagSnapshot snapshot)
    {
        bool tooLong = name.Length > FlagReader.MaxNameLength;
        string remembered = name;
        if (tooLong)
            remembered = TooLong;
        if (_remembered >= MaxRemembered || _unknownFlags.ContainsKey(remembered))
            return;
        if (_unknownFlags.TryAdd(remembered, true))
        {
            Interlocked.Increment(ref _remembered);
            if (tooLong)
                LogUnknownFlag(ForeignText.Quote(name));
            else if (NearestName.Find(name, snapshot.Names) is { } nearest)
                LogUnknownFlagWithNearest(ForeignText.Quote(name), ForeignText.Quote(nearest));
            else
                LogUnknownFlag(ForeignText.Quote(name));
        }
    }

    public void UnknownContext(Type type)
    {
        if (!_unknownContexts.ContainsKey(type) && _unknownContexts.TryAdd(type, true))
            LogUnknownContext(type);
    }

    public void MissingContext()
    {
        if (_missingContext == 0 && Interlocked.Exchange(ref _missingContext, 1) == 0)
            LogMissingContext();
    }

    public void FailingContext(Exception exception)
    {
        if (_failingContext == 0 && Interlocked.Exchange(ref _failingContext, 1) == 0)
            LogFailingContext(exception);
    }

    [LoggerMessage(EventIds.UnknownFlag, LogLevel.Warning,
        "Unknown feature flag '{Flag}': it is off. Did you mean '{Nearest}'?",
        EventName = "UnknownFlag")]
    private partial void LogUnknownFlagWithNearest(string flag, string nearest);

    [LoggerMessage(EventIds.UnknownFlagWithoutNearest, LogLevel.Warning,
        "Unknown feature flag '{Flag}': it is off. Define it under ActionTracing:featureFlags or "
        + "feature_management.",
        EventName = "UnknownFlagWithoutNearest")]
    private partial void LogUnknownFlag(string flag);

    [LoggerMessage(EventIds.UnknownContext, LogLevel.Warning,
        "A flag was evaluated with a context of type {ContextType}, which is neither a FeatureFlagContext nor "
        + "an ITargetingContext: the flag is off where its answer depends on the context.",
        EventName = "UnknownContext")]
    private partial void LogUnknownContext(Type contextType);

    [LoggerMessage(EventIds.MissingContext, LogLevel.Warning,
        "A flag that depends on its context was evaluated without one: no ITargetingContextAccessor is "
        + "registered, it returned null, or it is not a singleton and the call came through IFeatureFlagManager "
        + "(a singleton). All such calls share one bucket. Register one with WithTargeting<T>(), call "
        + "AddAspNetCore(), pass a FeatureFlagContext, or evaluate inside an action that has one.",
        EventName = "MissingContext")]
    private partial void LogMissingContext();

    [LoggerMessage(EventIds.FailingContext, LogLevel.Warning,
        "The ITargetingContextAccessor failed; the flag was evaluated without a context. Further failures are "
        + "not logged.",
        EventName = "FailingContext")]
    private partial void LogFailingContext(Exception exception);
}
