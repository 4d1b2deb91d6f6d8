namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Reads the settings that belong to no flag.</summary>
internal static class SettingsReader
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Decade = TimeSpan.FromDays(3_650);

    public static FeatureFlagSettings? ReadSettings(SettingFields section, List<SettingFault> faults, List<string> warnings)
    {
        int before = faults.Count;
        SettingFields fields = section.Below("featureFlagSettings", SettingNames.Settings);
        var defaults = new FeatureFlagSettings();
        FeatureFlagSettings settings = defaults with
        {
            AuditFlagEvaluations = fields.Bool("auditFlagEvaluations") ?? defaults.AuditFlagEvaluations,
            EvaluationAuditRetention = fields.Duration("evaluationAuditRetention", Millisecond, Decade)
                ?? defaults.EvaluationAuditRetention,
            AuditRetention = fields.Duration("auditRetention", Millisecond, Decade) ?? defaults.AuditRetention,
            DefaultTimeout = fields.Duration("defaultTimeout", Millisecond, Day) ?? defaults.DefaultTimeout,
            CacheEnabled = fields.Bool("cacheEnabled") ?? defaults.CacheEnabled,
            CacheTtl = fields.Duration("cacheTtl", Millisecond, Day) ?? defaults.CacheTtl,
            SafetyInterval = fields.Duration("safetyInterval", Millisecond, Day) ?? defaults.SafetyInterval,
            ProgressionInterval = fields.Duration("progressionInterval", Millisecond, Day) ?? defaults.ProgressionInterval,
            StorePollInterval = fields.Duration("storePollInterval", Millisecond, Day) ?? defaults.StorePollInterval,
            MaxStoreSize = fields.Whole("maxStoreSize", 1, long.MaxValue) ?? defaults.MaxStoreSize,
        };
        if (settings.DefaultTimeout < LeastTimeout)
            warnings.Add(
                $"{SettingReader.SectionName}.featureFlagSettings.defaultTimeout is {settings.DefaultTimeout:c}; "
                + "below 100 ms calls to a store often fail. "
                + "A number is milliseconds: write 5000 for five seconds.");
        if (faults.Count == before)
            return settings;
        return null;
    }

    public static TraceOutputSettings? ReadTraceOutput(SettingFields section, List<SettingFault> faults)
    {
        int before = faults.Count;
        SettingFields fields = section.Below("traceOutput", SettingNames.TraceOutput);
        var defaults = new TraceOutputSettings();
        string? directory = fields.Text("directory");
        if (directory?.Length == 0)
            fields.Fault("directory", "is empty; it must name a directory");
        TraceOutputSettings settings = defaults with
        {
            Directory = directory ?? defaults.Directory,
            MaxFileSize = fields.Whole("maxFileSize", 1, long.MaxValue) ?? defaults.MaxFileSize,
            MaxFiles = fields.Integer("maxFiles", 1, int.MaxValue) ?? defaults.MaxFiles,
            QueueLength = fields.Integer("queueLength", 1, int.MaxValue) ?? defaults.QueueLength,
        };
        if (faults.Count == before)
            return settings;
        return null;
    }
}
