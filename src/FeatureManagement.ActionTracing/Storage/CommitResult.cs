namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What became of a commit. Immutable.</summary>
public sealed class CommitResult
{
    /// <summary>Creates the result of a commit.</summary>
    /// <param name="version">The version that the commit made, or, where it was refused, the version that refused it.</param>
    /// <param name="conflict">
    /// The key of the first document that had another version than was expected; null where everything was written.
    /// </param>
    public CommitResult(long version, string? conflict)
    {
        Version = version;
        Conflict = conflict;
    }

    /// <summary>The store's version that the commit made, or, where it was refused, the version that refused it.</summary>
    public long Version { get; }

    /// <summary>
    /// The key of the first document that had another version than was expected; null where everything was written.
    /// </summary>
    public string? Conflict { get; }

    /// <summary>Whether everything was written; otherwise nothing was.</summary>
    public bool IsCommitted => Conflict is null;
}
