using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A user without rights beyond those of the modes of files, with a directory of its own. Where the tests do not run as root, that is who runs them.</summary>
internal sealed class OtherUser : IDisposable
{
    private const string Id = "65534"; // nobody

    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _programs = new();

    public OtherUser()
    {
        if (!IsRoot)
            return;
        Run("chown", Id, _directory.Path);
        // The output of the build may be where only root can read.
        Run("cp", "-r", AppContext.BaseDirectory + ".", _programs.Path);
        Run("chmod", "-R", "a+rX", _programs.Path);
        Run("chmod", "a+rx", _programs.Path);
        Programs = _programs.Path;
        Switches = ["--reuid", Id, "--regid", Id, "--clear-groups"];
    }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Where its programs are.</summary>
    public string Programs { get; } = AppContext.BaseDirectory;

    /// <summary>What makes <c>setpriv</c> run a program as this user.</summary>
    public string[] Switches { get; } = [];

    public string Directory => _directory.Path;

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _programs.Dispose();
    }
}
