namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What became of a commit.</summary>
/// <param name="Version">The store's version that the commit made, or, where it was refused, the version that refused it.</param>
/// <param name="Conflict">
/// The key of the first document that had another version than was expected; null where everything was written.
/// </param>
public readonly record struct CommitResult(long Version, string? Conflict)
{
    /// <summary>Whether everything was written; otherwise nothing was.</summary>
    public bool IsCommitted => Conflict is null;
}
