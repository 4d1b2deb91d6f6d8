namespace FeatureManagement.ActionTracing;

/// <summary>
/// Where the audit chain that a store holds begins and ends. Kept apart from the entries, so that a cut-off end is
/// found. Immutable.
/// </summary>
/// <param name="Anchor">
/// The last entry that retention removed; the first entry that is kept is chained to it. <see cref="AuditHead.Empty"/>
/// where none was.
/// </param>
/// <param name="Head">The last entry.</param>
public sealed record AuditBounds(AuditHead Anchor, AuditHead Head);
