using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Tracing;

public sealed class TraceOutputTests : IDisposable
{
    private static readonly (string, string)[] On = [(TracingSwitches.Enabled, "enabled"), (TracingSwitches.Output, "enabled")];

    private readonly string _directory = Directory.CreateTempSubdirectory("action-tracing-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Append_RollsBySizeAndDay_AndKeepsTheNewest()
    {
        using var files = new TraceFiles(_directory, _time);
        var settings = new TraceOutputSettings { MaxFileSize = 10, MaxFiles = 3 };
        foreach (string line in (string[])["aaaa\n", "bbbb\n", "cccc\n", "dddd\n", "eeee\n", "ffff\n"])
            files.Append(Encoding.UTF8.GetBytes(line), settings);
        _time.Advance(TimeSpan.FromDays(1));
        files.Append("gggg\n"u8, settings);

        Assert.Equal(["traces-20260301-000002.jsonl", "traces-20260301-000003.jsonl", "traces-20260302-000001.jsonl"],
            TracingHost.Files(_directory).Select(Path.GetFileName));
        Assert.Equal(["cccc", "dddd", "eeee", "ffff", "gggg"], TracingHost.Files(_directory).SelectMany(File.ReadAllLines));
    }

    [Fact]
    public void Append_AfterARestart_BeginsAnotherFile_SoThatABrokenLineStaysTheLastOfItsFile()
    {
        var settings = new TraceOutputSettings();
        using (var files = new TraceFiles(_directory, _time))
            files.Append("{\"broken"u8, settings);
        using (var files = new TraceFiles(_directory, _time))
            files.Append("next\n"u8, settings);
        Assert.Equal(["traces-20260301-000001.jsonl", "traces-20260301-000002.jsonl"], TracingHost.Files(_directory).Select(Path.GetFileName));
    }

    /// <summary>At each new file the oldest becomes a directory that is not empty: listed as a file, and impossible to delete for every user.</summary>
    [Fact]
    public void OldFile_ThatCannotBeDeleted_CostsNoTraceAndLeavesNoEmptyFile()
    {
        var opened = new List<FileStream>();
        using var host = new TracingHost(
            services => services.AddFakeLogging().AddSingleton(new TraceFiles(_directory, TimeProvider.System, path =>
            {
                if (TracingHost.Files(_directory) is [var oldest, _, ..])
                    Obstruct(oldest);
                opened.Add(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0));
                return opened[^1];
            })),
            traceOutput: new { maxFileSize = 1, maxFiles = 2 }, flags: On);
        using var written = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.trace.written");
        for (int i = 1; i <= 6; i++)
        {
            host.Act($"act {i}");
            Eventually.True(() => written.GetMeasurementSnapshot().Sum(measured => measured.Value) == i, () => "Not so: the trace is written.");
        }
        FakeLogRecord warning = Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id is 300 or 301 or 420);
        Assert.Equal((420, LogLevel.Warning), (warning.Id.Id, warning.Level));
        host.Stop();

        Assert.Equal(6, opened.Count);
        Assert.All(opened, file => Assert.True(file.SafeFileHandle.IsClosed));
        Assert.All(TracingHost.Files(_directory), path => Assert.NotEqual(0, new FileInfo(path).Length));
        Assert.Equal(["act 5", "act 6"], TracingHost.ReadTraces(_directory).Select(trace => trace.GetProperty("name").GetString()));
    }

    /// <summary>Only root can make a file that another user cannot delete, and become that user.</summary>
    [Fact]
    public void OldFile_OfAnotherUserInAStickyDirectory_CostsNoTrace()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return;
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        File.WriteAllText(Path.Combine(_directory, "traces-20260101-000001.jsonl"), "of root\n");
        var opened = new List<FileStream>();
        using var files = new TraceFiles(_directory, _time, path =>
        {
            opened.Add(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0));
            return opened[^1];
        });
        var settings = new TraceOutputSettings { Directory = "", MaxFileSize = 1, MaxFiles = 2 };
        OnAnotherUser(() =>
        {
            for (int i = 1; i <= 5; i++)
                files.Append(Encoding.UTF8.GetBytes($"{i}\n"), settings);
        });
        Assert.IsType<UnauthorizedAccessException>(files.CleanUpFault);
        Assert.Equal([true, true, true, true, false], opened.Select(file => file.SafeFileHandle.IsClosed));
        files.Dispose();
        Assert.Equal(["of root", "4", "5"], Directory.GetFiles(_directory).Order().SelectMany(File.ReadAllLines));
    }

    [Fact]
    public void NewFile_WhoseNameIsTakenByADirectory_TakesTheNextName()
    {
        using var files = new TraceFiles(_directory, _time);
        Directory.CreateDirectory(Path.Combine(_directory, "traces", "traces-20260301-000001.jsonl"));
        files.Append("kept\n"u8, new TraceOutputSettings());
        files.Dispose();
        Assert.Equal(["kept"], File.ReadAllLines(Assert.Single(TracingHost.Files(_directory))));
    }

    [Fact]
    public void TwoProcesses_OverOneDirectory_TakeDifferentFiles()
    {
        var settings = new TraceOutputSettings();
        using var one = new TraceFiles(_directory, _time);
        using var two = new TraceFiles(_directory, _time);
        one.Append("one\n"u8, settings);
        two.Append("two\n"u8, settings);
        one.Append("one\n"u8, settings);
        Assert.Equal(["one", "one", "two"], TracingHost.Files(_directory).SelectMany(ReadShared));
    }

    [Fact]
    public void Disposal_WritesWhatIsQueued()
    {
        using var host = new TracingHost(flags: On);
        for (int i = 0; i < 500; i++)
            host.Act($"act {i}");
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"act {i}"), host.Traces().Select(trace => trace.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Directory_ThatCannotBe_HarmsNothing_IsCountedAndToldOnce_AndRecovers()
    {
        using var host = new TracingHost(services => services.AddFakeLogging(), flags: On);
        using var dropped = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.trace.dropped");
        using var written = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.trace.written");
        string path = Path.Combine(host.Directory, "traces");
        await File.WriteAllTextAsync(path, "a file where the directory should be");
        for (int i = 1; i <= 3; i++)
        {
            host.Act("lost");
            Eventually.True(() => dropped.GetMeasurementSnapshot().Sum(measured => measured.Value) == i, () => "Not so: the trace is counted as lost.");
        }
        File.Delete(path);
        host.Act("kept");
        Eventually.True(() => written.LastMeasurement is not null, () => "Not so: traces are written again.");

        Assert.All(dropped.GetMeasurementSnapshot(), measured => Assert.Equal("not_writable", measured.Tags["reason"]));
        FakeLogCollector logs = host.Get<FakeLogCollector>();
        Assert.Equal([LogLevel.Error, LogLevel.Information], logs.GetSnapshot().Where(log => log.Id.Id is 300 or 301).Select(log => log.Level));
        Assert.Equal(["kept"], host.Traces().Select(trace => trace.GetProperty("name").GetString()));
    }

    [Fact]
    public void FullDisk_IsCountedAndReported()
    {
        using var host = new TracingHost(
            services => services.AddFakeLogging().AddSingleton(new TraceFiles(_directory, TimeProvider.System, _ => new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0))),
            flags: On);
        using var dropped = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.trace.dropped");
        for (int i = 1; i <= 2; i++)
        {
            host.Act("lost");
            Eventually.True(() => dropped.GetMeasurementSnapshot().Sum(measured => measured.Value) == i, () => "Not so: the trace is counted as lost.");
        }
        FakeLogRecord log = Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 300);
        Assert.Contains("space", log.Exception!.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void FailedWrite_IsCutOff_SoThatTheFileStaysWhole()
    {
        FailingStream? stream = null;
        using var files = new TraceFiles(_directory, _time, path => stream = new FailingStream(path));
        var settings = new TraceOutputSettings();
        files.Append("first\n"u8, settings);
        stream!.Fails = true;
        Assert.Throws<IOException>(() => files.Append("second\n"u8, settings));
        stream.Fails = false;
        files.Append("third\n"u8, settings);
        files.Dispose();
        Assert.Equal(["first", "third"], Assert.Single(TracingHost.Files(_directory).Select(File.ReadAllLines)));
    }

    [Fact]
    public void Tag_ThatFails_CostsItsOwnTraceOnly()
    {
        using var host = new TracingHost(flags: [.. On, (TracingSwitches.Verbosity, "standard")]);
        using var dropped = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.trace.dropped");
        host.Act("before", action => action.SetTag("lone surrogate", "\ud800"));
        host.Act("lost", action => action.SetTag("tag", new Failing()));
        host.Act("after", action => action.SetTag("numbers", 1.5));
        Assert.Equal(["before", "after"], host.Traces().Select(trace => trace.GetProperty("name").GetString()));
        Assert.Equal("not_serializable", Assert.Single(dropped.GetMeasurementSnapshot()).Tags["reason"]);
    }

    [Fact]
    public void FullQueue_DropsAndCounts_AndNeverBlocks()
    {
        using var blocked = new ManualResetEventSlim();
        using var host = new TracingHost(
            services => services.AddSingleton(new TraceFiles(_directory, TimeProvider.System, path =>
            {
                blocked.Wait();
                return new FileStream(path, FileMode.CreateNew);
            })),
            traceOutput: new { queueLength = 10 }, flags: On);
        using var dropped = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "action.trace.dropped");
        host.Act("first");
        Eventually.True(() => Directory.Exists(Path.Combine(_directory, "traces")), () => "Not so: the writer is at work.");
        for (int i = 0; i < 100; i++)
            host.Act("more");
        long lost = dropped.GetMeasurementSnapshot().Sum(measured => measured.Value);
        Assert.InRange(lost, 85, 100);
        blocked.Set();
        host.Stop();
        Assert.Equal(101 - lost, TracingHost.ReadTraces(_directory).Length);
    }

    [Fact]
    public async Task KilledProcess_LeavesNoBrokenLineBeforeTheLast()
    {
        using Process child = Child.Start(nameof(TraceWriter), _directory);
        Assert.Equal("ready", await child.StandardOutput.ReadLineAsync());
        Eventually.True(() => TracingHost.Files(_directory).Length >= 5, () => "Not so: the child writes.");
        child.Kill(); // SIGKILL
        await child.WaitForExitAsync();

        string[] files = TracingHost.Files(_directory);
        for (int i = 0; i < files.Length; i++)
        {
            string text = await File.ReadAllTextAsync(files[i]);
            string[] lines = text.Split('\n');
            Assert.All(lines[..^1], line => Assert.StartsWith("act", JsonDocument.Parse(line).RootElement.GetProperty("name").GetString(), StringComparison.Ordinal));
            if (i < files.Length - 1)
                Assert.Equal("", lines[^1]);
        }
    }

    private static void Obstruct(string file)
    {
        File.Delete(file);
        Directory.CreateDirectory(Path.Combine(file, "not empty"));
    }

    // Linux keeps the user for files by thread.
    private static void OnAnotherUser(Action act)
    {
        const uint Nobody = 65534;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            _ = setfsuid(Nobody);
            failure = Record.Exception(act);
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setfsuid(uint user);

    private static string[] ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class Failing
    {
        public override string ToString() => throw new InvalidOperationException();
    }

    /// <summary>A disk that becomes full in the middle of a write.</summary>
    private sealed class FailingStream(string path) : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0)
    {
        public bool Fails { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!Fails)
            {
                base.Write(buffer);
                return;
            }
            base.Write(buffer[..(buffer.Length / 2)]);
            throw new IOException("No space left on device");
        }
    }
}
