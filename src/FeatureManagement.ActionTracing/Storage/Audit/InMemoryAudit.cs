namespace FeatureManagement.ActionTracing.Storage.Audit;

/// <summary>The audit of <see cref="InMemoryState"/>. Written by one caller at a time; read at any time, without a lock.</summary>
internal sealed class InMemoryAudit
{
    private volatile Written _written = new([], 0, new AuditBounds(AuditHead.Empty, AuditHead.Empty));

    public AuditBounds Bounds => _written.Bounds;

    public void Append(IReadOnlyList<AuditEntry> entries, long version)
    {
        if (entries.Count == 0)
            return;
        (AuditEntry[] all, int count, AuditBounds bounds) = _written;
        // A reader has the array with its own count: what is added behind it disturbs no reader.
        if (count + entries.Count > all.Length)
            Array.Resize(ref all, Math.Max(2 * all.Length, count + entries.Count));
        foreach (AuditEntry entry in entries)
        {
            all[count] = bounds.Head.Append(entry, version);
            bounds = new AuditBounds(bounds.Anchor, AuditHead.Of(all[count++]));
        }
        _written = new Written(all, count, bounds);
    }

    public AuditBounds Cut(DateTimeOffset before)
    {
        (AuditEntry[] all, int count, AuditBounds bounds) = _written;
        int kept = Array.FindIndex(all, 0, count, entry => entry.At >= before);
        int removed = kept;
        if (kept < 0)
            removed = count;
        if (removed > 0)
            _written = new Written(
                all[removed..count], count - removed, new AuditBounds(AuditHead.Of(all[removed - 1]), bounds.Head));
        return Bounds;
    }

    public IReadOnlyList<AuditEntry> Read(AuditQuery query)
    {
        (AuditEntry[] all, int count, AuditBounds bounds) = _written;
        // Numbers have no gaps, so a number is a place.
        int first = (int)Int128.Clamp((Int128)(query.After ?? 0) - bounds.Anchor.Number, 0, count);
        int end = (int)Int128.Clamp((Int128)(query.Before ?? long.MaxValue) - 1 - bounds.Anchor.Number, 0, count);
        var found = new List<AuditEntry>();
        for (int i = 0; i < end - first && found.Count < query.Take; i++)
            if (all[query.OldestFirst ? first + i : end - 1 - i] is var entry && Matches(entry, query))
                found.Add(entry);
        return found;
    }

    private static bool Matches(AuditEntry entry, AuditQuery query) =>
        (query.Flag is null || string.Equals(entry.Flag, query.Flag, StringComparison.OrdinalIgnoreCase))
        && (query.Source is null || entry.Source == query.Source)
        && (query.Actor is null || entry.Actor == query.Actor)
        && (query.Action is null || entry.Action == query.Action || entry.Action == AuditActions.OtherNameOf(query.Action))
        && !(entry.At < query.From) && !(entry.At >= query.To);

    private sealed record Written(AuditEntry[] All, int Count, AuditBounds Bounds);
}
