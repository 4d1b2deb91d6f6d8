namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Settings of all flags: <c>featureFlagSettings</c>. Immutable.</summary>
internal sealed record FeatureFlagSettings
{
    /// <summary>Whether each evaluation is written to the evaluation audit. The default is false.</summary>
    public bool AuditFlagEvaluations { get; init; }

    /// <summary>How long evaluation audit entries are kept. The default is seven days.</summary>
    public TimeSpan EvaluationAuditRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long audit entries are kept. The default is null: without limit.</summary>
    public TimeSpan? AuditRetention { get; init; }

    /// <summary>The bound on every call to a store or metrics source. The default is five seconds.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether variant assignments are remembered. The default is true.</summary>
    public bool CacheEnabled { get; init; } = true;

    /// <summary>How long variant assignments are remembered. The default is one minute.</summary>
    public TimeSpan CacheTtl { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The interval of safety checks. The default is ten seconds.</summary>
    public TimeSpan SafetyInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The monitored time between two steps of a rollout. The default is five minutes.</summary>
    public TimeSpan ProgressionInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the store is polled for changes of other instances. The default is one second.</summary>
    public TimeSpan StorePollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The approximate maximum size of audited evaluations and units in a durable store, in bytes; state and audit are
    /// not bounded. The default is 2 GB.
    /// </summary>
    public long MaxStoreSize { get; init; } = 2_000_000_000;
}
