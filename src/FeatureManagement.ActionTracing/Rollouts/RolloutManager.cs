using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Rollouts;

internal sealed class RolloutManager(
    FlagCommitter committer, FlagApplier applier, SnapshotSource source, FlagLookup flags, RolloutRequests requests,
    RolloutStatusReader statuses, IFlagCatalogSource configuration,
    TimeProvider time) : IRolloutManager
{
    public Task<RolloutStatus> StartAsync(string flag, FlagChange change, RolloutConfig? plan, CancellationToken cancellationToken) =>
        CommitAsync(requests.Start(flag, change, plan), cancellationToken);

    public Task<RolloutStatus> EnsureStartedAsync(
        string flag, FlagChange change, RolloutConfig? plan, CancellationToken cancellationToken) =>
        CommitAsync(requests.EnsureStarted(flag, change, plan), cancellationToken);

    public Task<RolloutStatus> PauseAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        CommitAsync(requests.Pause(flag, change), cancellationToken);

    public Task<RolloutStatus> ResumeAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        CommitAsync(requests.Resume(flag, change), cancellationToken);

    public async Task<RolloutStatus> RollBackAsync(string flag, FlagChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flag);
        string? id = source.Layer(flag).Record.Rollout?.Id;
        await applier.ApplyAsync(requests.RollBack(flag, id, change), cancellationToken).ConfigureAwait(false);
        RolloutStatus status = StatusAfterChange(flag);
        if (status is not { Phase: RolloutPhase.Complete })
            return status;
        throw new FlagChangeException(FlagChangeError.Conflict, $"The rollout of flag '{flag}' was completed by "
            + "another user, and the flag has changed since; it was not rolled back. Update the flag, or call an "
            + "emergency, to turn it off.");
    }

    public Task<RolloutStatus> CompleteAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        CommitAsync(requests.Complete(flag, change), cancellationToken);

    public RolloutStatus? GetStatus(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        return statuses.Find(flag);
    }

    public IReadOnlyList<RolloutStatus> GetActive() => statuses.Active();

    public IReadOnlyList<RolloutPreviewStep> Preview(string flag, RolloutConfig? plan)
    {
        ArgumentNullException.ThrowIfNull(flag);
        return RolloutPreview.Of(
            flags.Configured(flag).Definition, source.Layer(flag).Record, plan, configuration.Catalog.Settings.ProgressionInterval,
            time.GetUtcNow());
    }

    private async Task<RolloutStatus> CommitAsync(FlagEdit edit, CancellationToken cancellationToken)
    {
        await committer.CommitAsync(edit, cancellationToken).ConfigureAwait(false);
        return StatusAfterChange(edit.Flag);
    }

    private RolloutStatus StatusAfterChange(string flag) => statuses.Find(flag)
        ?? throw new FlagChangeException(
            FlagChangeError.Conflict,
            $"The change was made, but the rollout of flag '{flag}' has been removed meanwhile.");
}
