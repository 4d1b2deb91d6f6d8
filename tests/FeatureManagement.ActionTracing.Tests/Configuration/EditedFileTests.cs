using System.Diagnostics;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>An edit of <c>appsettings.json</c> while the process runs.</summary>
public sealed class EditedFileTests : IDisposable
{
    private const string File = "appsettings.json";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Edits_GoodAndBad_LeaveAlwaysTheLastGoodState()
    {
        _directory.Write(File, Content("enabled", "disabled"));
        using var host = new EditedHost(_directory);
        Assert.True(host.IsOn("a"));
        Assert.False(host.IsOn("b"));
        Assert.True(host.OrdinaryIsOn("Ordinary"));

        foreach ((string content, string reason) in new[]
        {
            ("garbage", "'g' is an invalid start of a value (line 1)"),
            ("", "it is empty"),
            (Content("disabled", "enabled")[..60], "Expected end of string, but instead reached end of data (line 2)"),
            ("null", "Top-level JSON element must be an object"),
            ("""{ "a": 1, "A": 2 }""", "A duplicate key 'A' was found"),
        })
        {
            _directory.Write(File, content);
            host.WaitFor(h => h.Faults.Any(fault => fault.Contains(reason, StringComparison.Ordinal)));

            Assert.True(host.IsOn("a"));
            Assert.False(host.IsOn("b"));
            Assert.True(host.OrdinaryIsOn("Ordinary"));
        }

        System.IO.File.Delete(_directory.File(File));
        host.WaitFor(h => h.Faults.Contains("appsettings.json cannot be read: it does not exist any more; its last content stays in force."));
        Assert.True(host.IsOn("a"));
        Assert.True(host.OrdinaryIsOn("Ordinary"));

        _directory.Write(File, Content("disabled", "enabled"));
        host.WaitFor(h => h.IsOn("b"));
        Assert.False(host.IsOn("a"));
        Assert.Empty(host.Faults);
        Assert.Equal(1, host.Report.Accepted);
    }

    [Fact]
    public void OneFlagInvalid_AKillOfAnotherActs()
    {
        _directory.Write(File, Content("enabled", "enabled"));
        using var host = new EditedHost(_directory);

        _directory.Write(File, Content("enabld", "emergency_off"));
        host.WaitFor(h => !h.IsOn("b"));
        Assert.True(host.IsOn("a"));
        const string Fault = "Flag 'a': state is enabld; it must be one of disabled, development, canary, rollout, enabled, emergency_off; did you mean enabled?";
        Assert.Equal([Fault], host.Faults);
        Assert.Equal("a", host.Report.Faults[0].Flag);
        Assert.Equal(1, host.Report.Rejected);

        // The same fault again is not reported again.
        _directory.Write(File, Content("enabld", "disabled"));
        host.WaitFor(h => h.Report.Accepted == 2);
        Assert.Single(host.Logs, log => log.Level == LogLevel.Error && log.Message.EndsWith(Fault, StringComparison.Ordinal));
        Assert.Equal(1, host.Report.Rejected);

        _directory.Write(File, Content("disabled", "enabled"));
        host.WaitFor(h => h.IsOn("b") && !h.IsOn("a"));
        Assert.Empty(host.Faults);
        Assert.Single(host.Logs, log => log.Level == LogLevel.Information && log.Message == "Configuration recovered: " + Fault);
    }

    [Fact]
    public void WithoutKeepLastGoodJson_OurFlagsAreSafe_AlsoWhenAnotherFileIsEdited()
    {
        _directory.Write(File, Content("enabled", "disabled"));
        _directory.Write("appsettings.Production.json", Layers.Flags(""" "b": { "state": "enabled" } """));
        using var host = new EditedHost(_directory, keepLastGood: false);
        Assert.True(host.IsOn("b"));

        // The platform wipes what it knew of the file and notifies nobody, until another file is edited.
        _directory.Write(File, "garbage");
        Eventually.True(() => !host.Get<IConfiguration>().GetSection("feature_management").Exists(), () => "the platform has changed");
        _directory.Write("appsettings.Production.json", Layers.Flags(""" "b": { "state": "disabled" } """));
        host.WaitFor(h => !h.IsOn("b"));

        Assert.True(host.IsOn("a"));
        Assert.Equal(["appsettings.json is missing, empty or cannot be read; its last good ActionTracing section stays in force."], host.Faults);

        _directory.Write(File, Content("disabled", "disabled"));
        host.WaitFor(h => !h.IsOn("a"));
        Assert.Empty(host.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NamedPipe_InThePlaceOfTheFile_BlocksNeitherEditsNorTheStop(bool byALink)
    {
        if (OperatingSystem.IsWindows())
            return;
        _directory.Write(File, Content("enabled", "disabled"));
        _directory.Write("appsettings.Production.json", "{}");
        var host = new EditedHost(_directory);

        Run("mkfifo", _directory.File("pipe"));
        System.IO.File.CreateSymbolicLink(_directory.File("link"), _directory.File("pipe"));
        Run("mv", "-f", _directory.File(byALink ? "link" : "pipe"), _directory.File(File));
        host.WaitFor(h => h.Faults.Contains("appsettings.json cannot be read: it is empty, or no regular file; its last content stays in force."));
        Assert.True(host.IsOn("a"));

        _directory.Write("appsettings.Production.json", Layers.Flags(""" "b": { "state": "enabled" } """));
        host.WaitFor(h => h.IsOn("b"));

        System.IO.File.Delete(_directory.File(File));
        _directory.Write(File, Content("disabled", "enabled"));
        host.WaitFor(h => !h.IsOn("a") && !h.Faults.Any());

        Run("mkfifo", _directory.File("other"));
        Run("mv", "-f", _directory.File("other"), _directory.File(File));
        host.WaitFor(h => h.Faults.Any());
        await Task.Run(host.Dispose).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void ConfigMap_SwappedByLink_IsNoticed()
    {
        if (!OperatingSystem.IsLinux())
            return;
        WriteVersion("1", Content("enabled", "disabled"));
        Directory.CreateSymbolicLink(_directory.File("..data"), "..1");
        System.IO.File.CreateSymbolicLink(_directory.File(File), "..data/" + File);
        using var host = new EditedHost(_directory);
        Assert.True(host.IsOn("a"));

        Swap("2", Content("disabled", "enabled"));
        host.WaitFor(h => h.IsOn("b") && !h.IsOn("a"));

        Swap("3", "{");
        host.WaitFor(h => h.Faults.Any());
        Assert.True(host.IsOn("b"));

        Swap("4", Content("enabled", "disabled"));
        host.WaitFor(h => h.IsOn("a") && !h.Faults.Any());
    }

    private static string Content(string a, string b) => $$"""
        {
          "feature_management": { "feature_flags": [ { "id": "Ordinary", "enabled": true } ] },
          "ActionTracing": { "featureFlags": { "a": { "type": "boolean", "state": "{{a}}" }, "b": { "type": "boolean", "state": "{{b}}" } } }
        }
        """;

    private void WriteVersion(string version, string content)
    {
        Directory.CreateDirectory(_directory.File(".." + version));
        System.IO.File.WriteAllText(Path.Combine(_directory.File(".." + version), File), content);
    }

    // As the kubelet does it.
    private void Swap(string version, string content)
    {
        WriteVersion(version, content);
        Directory.CreateSymbolicLink(_directory.File("..data_tmp"), ".." + version);
        Run("mv", "-T", _directory.File("..data_tmp"), _directory.File("..data"));
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
