using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>
/// A small disk of its own for a test that fills it or makes it read-only. Where the machine lets nobody mount one, a directory whose file is made to fail by SQLite itself:
/// a trigger says what a full or read-only disk would.
/// </summary>
internal sealed class Volume : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly bool _mounted;

    public Volume() => _mounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _directory.Path);

    /// <summary>Whether it is a disk of its own.</summary>
    public bool IsMounted => _mounted;

    public string Database => _directory.File("store.db");

    public void Fill()
    {
        if (!_mounted)
        {
            Refuse("database or disk is full");
            return;
        }
        using FileStream filler = File.Create(_directory.File("filler"), 1);
        try
        {
            while (true)
                filler.Write(new byte[1024]);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Empty()
    {
        if (_mounted)
            File.Delete(_directory.File("filler"));
        else
            Allow();
    }

    /// <summary>Nobody may have the file open.</summary>
    public void MakeReadOnly()
    {
        if (!_mounted)
            Refuse("attempt to write a readonly database");
        else
            Eventually.True(() => Run("mount", "-o", "remount,ro", _directory.Path), () => "busy"); // a process that another test starts has the file until it is another program
    }

    public void MakeWritable()
    {
        if (_mounted)
            Assert.True(Run("mount", "-o", "remount,rw", _directory.Path));
        else
            Allow();
    }

    public void Dispose()
    {
        if (_mounted)
            Run("umount", "-l", _directory.Path);
        _directory.Dispose();
    }

    private void Refuse(string message) => Execute($"CREATE TRIGGER refuse BEFORE UPDATE ON state BEGIN SELECT RAISE(ABORT, '{message}'); END");

    private void Allow() => Execute("DROP TRIGGER refuse");

    private void Execute(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database};Pooling=false");
        connection.Open();
        Sqlite.SqliteFile.Execute(connection, sql);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!; // a program was named
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
