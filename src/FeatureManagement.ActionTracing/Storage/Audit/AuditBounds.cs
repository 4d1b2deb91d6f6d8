namespace FeatureManagement.ActionTracing;

/// <summary>
/// Where the audit chain that a store holds begins and ends. Kept apart from the entries, so that a cut-off end is
/// found. Immutable.
/// </summary>
public sealed class AuditBounds
{
    /// <summary>Creates the bounds.</summary>
    /// <param name="anchor">The last entry that retention removed.</param>
    /// <param name="head">The last entry.</param>
    public AuditBounds(AuditHead anchor, AuditHead head)
    {
        Anchor = anchor;
        Head = head;
    }

    /// <summary>
    /// The last entry that retention removed; the first entry that is kept is chained to it.
    /// <see cref="AuditHead.Empty"/> where none was.
    /// </summary>
    public AuditHead Anchor { get; }

    /// <summary>The last entry.</summary>
    public AuditHead Head { get; }
}
