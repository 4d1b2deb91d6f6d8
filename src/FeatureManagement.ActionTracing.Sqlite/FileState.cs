using System.Buffers.Binary;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The database and the two files beside it, as they are on disk at a moment. Immutable.</summary>
internal sealed record FileState(FileMark? Database, FileMark? Log, FileMark? Memory, long Length, long LogLength)
{
    private const uint LogMagic = 0x377f0682; // the last bit says in which order checksums are

    public static FileState Of(string path) =>
        new(FileMark.Of(path), FileMark.Of(LogOf(path)), FileMark.Of(MemoryOf(path)), LengthOf(path), LengthOf(LogOf(path)));

    public static string LogOf(string path) => path + "-wal";

    public static string MemoryOf(string path) => path + "-shm";

    /// <summary>
    /// What happened to the files meanwhile, so that open connections no longer belong to them; null where they still
    /// do.
    /// </summary>
    /// <param name="now">
    /// The files as they are now. While a connection is open they only grow, but for a checkpoint or a VACUUM, which
    /// the caller knows of.
    /// </param>
    public string? ChangeTo(FileState now)
    {
        if (now.Database is null)
            return "has vanished";
        if (now.Database != Database)
            return "was replaced";
        if (now.Length < Length)
            return "was truncated";
        if (now.Log != Log || now.LogLength < LogLength)
            return "lost its '-wal'";
        if (now.Memory != Memory)
            return "lost its '-shm'";
        return null;
    }

    /// <summary>
    /// Whether a log that was just written begins as one does: what was appended to one that was truncated is not found
    /// by others.
    /// </summary>
    public static bool IsLog(string path)
    {
        Span<byte> magic = stackalloc byte[4];
        try
        {
            using var log = new FileStream(
                LogOf(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return log.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
                && (BinaryPrimitives.ReadUInt32BigEndian(magic) & ~1u) == LogMagic;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    public static long LengthOf(string path)
    {
        if (new FileInfo(path) is { Exists: true } file)
            return file.Length;
        return 0;
    }
}
