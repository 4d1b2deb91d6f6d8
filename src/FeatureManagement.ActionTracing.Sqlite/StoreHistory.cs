namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// Decides whether a file continues what was read before, or is another one that was put in its place: then the version
/// fell, or the audit no longer has the entry that was last. Thread-safe.
/// </summary>
internal sealed class StoreHistory
{
    private readonly Lock _gate = new();
    private Point _last = new(1, 0, AuditHead.Empty);

    /// <summary>What was known last. Taken before a transaction begins, so that the transaction sees at least as much.</summary>
    public Point Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>
    /// The generation of a state that a transaction sees; one higher than before where it does not continue what was
    /// known.
    /// </summary>
    /// <param name="before">What was known before the transaction began.</param>
    /// <param name="now">What the transaction sees.</param>
    /// <param name="hashOf">The hash of an audit entry of the file, or null.</param>
    public long Continue(Point before, StateRow now, Func<long, string?> hashOf)
    {
        bool continues = now.Version >= before.Version && now.HeadNumber >= before.Head.Number && Has(before.Head, now, hashOf);
        lock (_gate)
        {
            if (_last.Generation != before.Generation)
                return _last.Generation; // another call found it
            if (!continues)
                _last = new Point(before.Generation + 1, now.Version, now.Head);
            else if (now.Version > _last.Version)
                _last = new Point(before.Generation, now.Version, now.Head);
            return _last.Generation;
        }
    }

    /// <summary>Takes note of a commit of this process.</summary>
    public void Committed(Point after)
    {
        lock (_gate)
            if (after.Generation == _last.Generation && after.Version > _last.Version)
                _last = after;
    }

    // What retention removed can no longer be compared.
    private static bool Has(AuditHead head, StateRow now, Func<long, string?> hashOf) =>
        head.Number < now.AnchorNumber || head.Hash == (head.Number == now.HeadNumber
            ? now.HeadHash
            : head.Number == now.AnchorNumber ? now.AnchorHash
            : hashOf(head.Number));

    /// <summary>A state of the store that was seen. Immutable.</summary>
    /// <param name="Generation">Counts the files that were found in the place of others.</param>
    /// <param name="Version">The store's version.</param>
    /// <param name="Head">The end of the audit.</param>
    public sealed record Point(long Generation, long Version, AuditHead Head);
}
