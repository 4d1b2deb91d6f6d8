namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Which file a path names at a moment. Another file under the same path has another mark. Immutable.</summary>
/// <remarks>Where the platform does not tell (anything but Linux), all files have the same mark, and only existence is known.</remarks>
internal readonly record struct FileMark(ulong Device, ulong Inode)
{
    /// <summary>The mark of the file under a path; null where there is none.</summary>
    public static FileMark? Of(string path) =>
        NativeFile.TryStat(path, out NativeFile.Status status) ? status.Mark
        : NativeFile.IsSupported || !File.Exists(path) ? null
        : default(FileMark);
}
