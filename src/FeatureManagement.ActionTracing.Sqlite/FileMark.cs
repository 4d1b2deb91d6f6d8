namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Which file a path names at a moment. Another file under the same path has another mark. Immutable.</summary>
/// <remarks>
/// A file system may give the number of a deleted file to the next one. So the mark includes the creation time, where
/// the file system keeps it. On platforms other than Linux all files have the same mark, and only existence is known.
/// </remarks>
internal readonly record struct FileMark(ulong Device, ulong Inode, Int128 Born)
{
    /// <summary>The mark of the file under a path; null where there is none.</summary>
    public static FileMark? Of(string path)
    {
        if (NativeFile.TryStat(path, out NativeFile.Status status))
            return status.Mark;
        if (NativeFile.IsSupported || !File.Exists(path))
            return null;
        return default(FileMark);
    }
}
