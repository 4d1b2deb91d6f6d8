namespace FeatureManagement.ActionTracing.Storage.Audit;

/// <summary>The actions of audit entries. They are stored: a name never changes its meaning. <c>docs/audit.md</c> lists them.</summary>
internal static class AuditActions
{
    public const string Updated = "updated";
    public const string Reset = "reset";
    public const string Emergency = "emergency";
    public const string EmergencyCleared = "emergency_cleared";
    public const string Reconciled = "reconciled";
    public const string Configured = "configured";
    public const string ConfigurationRejected = "configuration_rejected";
    public const string ConfigurationRecovered = "configuration_recovered";
    public const string RolloutPlanned = "rollout_planned";
    public const string RolloutStarted = "rollout_started";
    public const string RolloutStep = "rollout_step";
    public const string RolloutPaused = "rollout_paused";
    public const string RolloutResumed = "rollout_resumed";
    public const string RolloutRolledBack = "rollout_rolled_back";
    public const string RolloutCompleted = "rollout_completed";

    // As earlier versions wrote them. Entries are never rewritten, because their hashes would change.
    private const string FormerConfigurationRecovered = "configuration_mended";
    private const string FormerReconciled = "superseded";

    /// <summary>The other name of an action, which a filter by the action finds too; null where it has one name.</summary>
    public static string? OtherNameOf(string? action) => action switch
    {
        ConfigurationRecovered => FormerConfigurationRecovered,
        FormerConfigurationRecovered => ConfigurationRecovered,
        Reconciled => FormerReconciled,
        FormerReconciled => Reconciled,
        _ => null,
    };
}
