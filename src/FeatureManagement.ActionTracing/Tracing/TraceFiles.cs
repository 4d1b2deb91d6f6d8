using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// A directory of trace files. A new file begins at each start, each day and at a maximum size; the oldest are deleted
/// beyond a maximum number. Lines are appended whole, and a failed write is cut off, so that only the last line of a
/// file can be incomplete, after the process was killed. A file that cannot be deleted stays and costs no trace. Not
/// thread-safe.
/// </summary>
internal sealed class TraceFiles(string root, TimeProvider time, Func<string, FileStream>? create = null) : IDisposable
{
    private const string Prefix = "traces-";
    private const string Extension = ".jsonl";

    private readonly Func<string, FileStream> _create = create
        ?? (static path => new FileStream(path, Options()));
    private FileStream? _file;
    private DateTime _day;
    private long _length;

    /// <summary>The error of the last clean-up, or null where it deleted every file.</summary>
    public Exception? CleanUpFault { get; private set; }

    /// <summary>Appends whole lines.</summary>
    /// <exception cref="IOException">They could not be written, and are not there.</exception>
    /// <exception cref="UnauthorizedAccessException">They must not be written, and are not there.</exception>
    public void Append(ReadOnlySpan<byte> lines, TraceOutputSettings settings)
    {
        DateTime day = time.GetUtcNow().UtcDateTime.Date;
        if (_file is not null && (day != _day || _length > 0 && _length + lines.Length > settings.MaxFileSize))
            Close();
        if (_file is null)
        {
            string directory = Path.Combine(root, settings.Directory);
            CreateDirectory(directory);
            string[] names = Names(directory);
            _file = Open(directory, names, day);
            (_day, _length) = (day, 0);
            CleanUp(directory, names.SkipLast(settings.MaxFiles - 1));
        }
        try
        {
            _file.Write(lines);
            _length += lines.Length;
        }
        catch
        {
            CutOff();
            throw;
        }
    }

    public void Dispose() => Close();

    // Traces may hold what only this user should read.
    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private FileStream Open(string directory, string[] names, DateTime day)
    {
        string today = Prefix + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + "-";
        string? last = names.LastOrDefault(name => name.StartsWith(today, StringComparison.Ordinal));
        int number = 1;
        if (last is not null
            && int.TryParse(last.AsSpan(today.Length, last.Length - today.Length - Extension.Length), out int before))
            number = before + 1;
        return OpenFree(Path.Combine(directory, today), number);
    }

    /// <summary>The files there, the oldest first. A directory that cannot be listed can still be written to.</summary>
    private static string[] Names(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory, Prefix + "*" + Extension)
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// The first file from a number on whose name is free: another instance may have created one in the meantime.
    /// </summary>
    private FileStream OpenFree(string prefix, int number)
    {
        for (; ; number++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:000000}{Extension}");
            try
            {
                return _create(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && Path.Exists(path))
            {
            }
        }
    }

    // The new file is open. An old file that belongs to another user must not stop it.
    private void CleanUp(string directory, IEnumerable<string> old)
    {
        CleanUpFault = null;
        foreach (string name in old)
        {
            try
            {
                File.Delete(Path.Combine(directory, name));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                CleanUpFault ??= exception;
            }
        }
    }

    private void CutOff()
    {
        try
        {
            _file!.SetLength(_length);
            _file.Position = _length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Close();
        }
    }

    private void Close()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // A full disk fails again; the lost traces were counted when they were written.
        }
        _file = null;
    }
}
