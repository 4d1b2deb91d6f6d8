using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// What .NET does not know about files of Linux: identity, owner, and what this process may do. Elsewhere nothing is
/// known.
/// </summary>
internal static partial class NativeFile
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint BasicStatus = 0x7ff; // STATX_BASIC_STATS
    private const uint TimeOfBirth = 0x800; // STATX_BTIME
    private const int Readable = 4; // R_OK
    private const int Writable = 2; // W_OK
    private const int ReadOnlyFileSystem = 30; // EROFS

    /// <summary>Whether this platform is supported.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && IsThere();

    /// <summary>The user of this process; null where it is not known.</summary>
    public static uint? User => IsSupported ? GetEffectiveUser() : null;

    public static bool TryStat(string path, out Status status)
    {
        status = default;
        Span<byte> buffer = stackalloc byte[256];
        if (!IsSupported || StatX(CurrentDirectory, path, 0, BasicStatus | TimeOfBirth, buffer) != 0)
            return false;
        status = new Status(
            new FileMark(
                ((ulong)Number(buffer, 136) << 32) | Number(buffer, 140),
                BinaryPrimitives.ReadUInt64LittleEndian(buffer[32..]),
                BinaryPrimitives.ReadInt128LittleEndian(buffer[80..])),
            Number(buffer, 20),
            (UnixFileMode)(BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]) & 0xfff));
        return true;

        static uint Number(ReadOnlySpan<byte> buffer, int at) => BinaryPrimitives.ReadUInt32LittleEndian(buffer[at..]);
    }

    /// <summary>Whether this process may read a file; true where it is not known.</summary>
    public static bool CanRead(string path) => !IsSupported || Access(path, Readable) == 0;

    /// <summary>Whether this process may write a file or directory; true where it is not known.</summary>
    public static bool CanWrite(string path) => !IsSupported || Access(path, Writable) == 0;

    /// <summary>Whether a file or directory is on a file system that nobody can write.</summary>
    public static bool IsOnReadOnlyFileSystem(string path) =>
        IsSupported && Access(path, Writable) != 0 && Marshal.GetLastPInvokeError() == ReadOnlyFileSystem;

    private static bool IsThere()
    {
        try
        {
            return BitConverter.IsLittleEndian && StatX(CurrentDirectory, "/", 0, BasicStatus, stackalloc byte[256]) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> buffer);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    /// <summary>A file as the operating system describes it.</summary>
    public readonly record struct Status(FileMark Mark, uint Owner, UnixFileMode Mode);
}
