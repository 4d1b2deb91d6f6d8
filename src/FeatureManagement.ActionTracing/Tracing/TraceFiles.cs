using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// A directory of trace files. A new one is begun at each start, each day and at a size; the oldest are deleted beyond a number. Lines are appended
/// whole, and what a failed write left behind is cut off again, so that only the last line of a file can ever be broken, by a process that was killed.
/// Not thread-safe.
/// </summary>
internal sealed class TraceFiles(string root, TimeProvider time, Func<string, FileStream>? create = null) : IDisposable
{
    private const string Prefix = "traces-";
    private const string Extension = ".jsonl";

    private readonly Func<string, FileStream> _create = create
        ?? (static path => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0));
    private FileStream? _file;
    private DateTime _day;
    private long _length;

    /// <summary>Appends whole lines.</summary>
    /// <exception cref="IOException">They could not be written, and are not there.</exception>
    /// <exception cref="UnauthorizedAccessException">They must not be written, and are not there.</exception>
    public void Append(ReadOnlySpan<byte> lines, TraceOutputSettings settings)
    {
        DateTime day = time.GetUtcNow().UtcDateTime.Date;
        if (_file is not null && (day != _day || _length > 0 && _length + lines.Length > settings.MaxFileSize))
            Close();
        _file ??= Open(Path.Combine(root, settings.Directory), day, settings.MaxFiles);
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

    private FileStream Open(string directory, DateTime day, int maxFiles)
    {
        Directory.CreateDirectory(directory);
        string today = Prefix + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + "-";
        string[] names = [.. Directory.EnumerateFiles(directory, Prefix + "*" + Extension).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        string? last = names.LastOrDefault(name => name.StartsWith(today, StringComparison.Ordinal));
        int number = last is not null && int.TryParse(last.AsSpan(today.Length, last.Length - today.Length - Extension.Length), out int before) ? before + 1 : 1;
        FileStream file = OpenFree(Path.Combine(directory, today), number);
        (_day, _length) = (day, 0);
        foreach (string old in names.SkipLast(maxFiles - 1))
            File.Delete(Path.Combine(directory, old));
        return file;
    }

    /// <summary>The first file from a number on that another process has not made in the meantime.</summary>
    private FileStream OpenFree(string prefix, int number)
    {
        for (; ; number++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:000000}{Extension}");
            try
            {
                return _create(path);
            }
            catch (IOException) when (File.Exists(path))
            {
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
            // A disk that is full says so again; what was lost was counted when it was written.
        }
        _file = null;
    }
}
