namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>The last contents of a flag in configuration, the newest last. Pure.</summary>
internal static class ContentHistory
{
    public const string Absent = "-";

    private const int MaxContents = 4;

    /// <summary>The history with the content of now; the same array where nothing is to be written.</summary>
    /// <param name="known">The stored history.</param>
    /// <param name="hash">The content of now.</param>
    /// <param name="at">When this instance found it.</param>
    /// <param name="edited">Whether this instance ran when configuration changed; false at its start.</param>
    /// <param name="alone">Whether no other instance runs.</param>
    public static ContentTime[] Next(ContentTime[] known, string hash, DateTimeOffset at, bool edited, bool alone)
    {
        if (known is [.., var newest] && newest.Hash == hash)
            return known;
        // An instance that starts with an earlier content beside others has changed nothing: each keeps its own.
        if (!edited && !alone && (hash == Absent || TimeOf(known, hash) is not null))
            return known;
        return [.. known.Where(content => content.Hash != hash).TakeLast(MaxContents - 1), new ContentTime(hash, at)];
    }

    /// <summary>When configuration was last changed to a content; null where that is not known.</summary>
    public static DateTimeOffset? TimeOf(ContentTime[] history, string hash) =>
        Array.FindLast(history, content => content.Hash == hash)?.At;
}
