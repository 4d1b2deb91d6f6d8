namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The one row of the table <c>state</c>. Immutable.</summary>
internal sealed record StateRow(long Version, long AnchorNumber, string AnchorHash, long HeadNumber, string HeadHash)
{
    public AuditHead Head => new(HeadNumber, HeadHash);

    public AuditBounds Bounds => new(new AuditHead(AnchorNumber, AnchorHash), Head);
}
