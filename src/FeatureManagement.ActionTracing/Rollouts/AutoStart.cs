using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Starts the rollouts whose plan says <c>autoStart</c>, each plan once. One call at a time.</summary>
internal sealed partial class AutoStart(FlagCommitter committer, SnapshotSource source, TimeProvider time, ILogger<AutoStart> logger)
{
    private static readonly FlagChange Change = new("configuration", "autoStart in rolloutConfig", ChangeSource.Configuration);

    private readonly Dictionary<string, string> _refused = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Plan, string Why)> _logged = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts the rollout of a flag unless it has one, or its plan had one or was refused.</summary>
    public async Task StartAsync(FlagDefinition flag, CancellationToken cancellationToken)
    {
        FlagRecord record = source.Layer(flag.Name).Record;
        if (record.Rollout is not null)
            return;
        string plan = PlanFingerprint.Of(flag.RolloutConfig)!; // the caller has checked it
        if (PlanFingerprint.HasHad(record.AutoStarted, plan) || _refused.GetValueOrDefault(flag.Name) == plan)
            return;
        try
        {
            await committer.CommitAsync(Edit(flag, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        }
        catch (FlagChangeException refusal) when (refusal.Error is FlagChangeError.Conflict or FlagChangeError.Invalid)
        {
            // A flag in emergency is tried again, since the emergency may end.
            if (record.Emergency is null && flag.State != FlagState.EmergencyOff)
                _refused[flag.Name] = plan;
            if (_logged.GetValueOrDefault(flag.Name) == (plan, refusal.Message))
                return;
            _logged[flag.Name] = (plan, refusal.Message);
            LogNotStarted(ForeignText.Escape(flag.Name), refusal.Message);
        }
    }

    private static FlagEdit Edit(FlagDefinition flag, DateTimeOffset now)
    {
        string id = Guid.NewGuid().ToString("N");
        string action = AuditActions.RolloutStarted;
        if (flag.RolloutConfig?.StartAt > now)
            action = AuditActions.RolloutPlanned;
        return new FlagEdit
        {
            Flag = flag.Name,
            Action = action,
            Change = Change,
            At = now,
            Decide = (configured, applied) =>
            {
                // Another instance may have started it.
                if (applied.Rollout is not null
                    || PlanFingerprint.HasHad(applied.AutoStarted, PlanFingerprint.Of(configured.RolloutConfig)))
                    return applied;
                return RolloutChanges.Start(configured, applied, id, null, Change, now);
            },
        };
    }

    [LoggerMessage(
        EventIds.NotStarted, LogLevel.Warning, "Rollout of flag '{Flag}' did not start automatically: {Reason}",
        EventName = "NotStarted")]
    private partial void LogNotStarted(string flag, string reason);
}
