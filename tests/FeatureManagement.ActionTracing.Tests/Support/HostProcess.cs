using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A process of its own (tests/…CrashHost), which a test talks to by lines and may kill.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    public HostProcess(params string[] arguments)
        : this("dotnet", ["exec", Program(AppContext.BaseDirectory), .. arguments])
    {
    }

    private HostProcess(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }

    /// <summary>The same where <c>JsonSerializerIsReflectionEnabledByDefault</c> is false.</summary>
    public static HostProcess WithoutReflection(params string[] arguments) => new("env", ["NO_JSON_REFLECTION=1", "dotnet", "exec", Program(AppContext.BaseDirectory), .. arguments]);

    /// <summary>The same as a user whom modes of files hold back: root ignores them.</summary>
    public static HostProcess As(OtherUser user, params string[] arguments) => new("setpriv", [.. user.Switches, "dotnet", "exec", Program(user.Programs), .. arguments]);

    /// <summary>The next line; null when the process has ended.</summary>
    public Task<string?> ReadAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5));

    public void Write(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Kills it with SIGKILL, and gives what it had still said.</summary>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        string rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        string[] lines = rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return rest.EndsWith('\n') || lines.Length == 0 ? lines : lines[..^1]; // half a line acknowledges nothing
    }

    /// <summary>Says a line, and gives the next one.</summary>
    public Task<string?> AskAsync(string line)
    {
        Write(line);
        return ReadAsync();
    }

    /// <summary>Ends it as an end of its input does.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static string Program(string directory) => Path.Combine(directory, "FeatureManagement.ActionTracing.CrashHost.dll");
}
