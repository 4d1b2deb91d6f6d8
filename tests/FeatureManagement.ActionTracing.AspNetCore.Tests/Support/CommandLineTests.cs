using System.Diagnostics;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;
using Xunit.Sdk;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>A process that a test starts can neither hang the test nor outlive it.</summary>
public sealed class CommandLineTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Run_ACommandThatDoesNotEnd_KillsItAndFails()
    {
        using var directory = new TempDirectory();
        ProcessStartInfo start = Shell(directory, "sleep 1000 & echo $! > child; wait");
        var failure = await Assert.ThrowsAsync<FailException>(() => CommandLine.RunAsync(start, TimeSpan.FromSeconds(10)));
        Assert.EndsWith("did not end in 00:00:10", failure.Message, StringComparison.Ordinal);
        await EndedAsync(directory);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Start_AnApplicationThatNeverListens_KillsItAndFails()
    {
        using var directory = new TempDirectory();
        ProcessStartInfo start = Shell(directory, "sleep 1000 & echo $! > child; echo starting; echo broken >&2; wait");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SampleProcess.StartAsync(start, TimeSpan.FromSeconds(10)));
        Assert.Contains("starting", failure.Message, StringComparison.Ordinal);
        Assert.Contains("broken", failure.Message, StringComparison.Ordinal);
        await EndedAsync(directory);
    }

    [Fact]
    public async Task Start_AnApplicationThatWritesManyErrorsFirst_IsNotBlocked()
    {
        using var directory = new TempDirectory();
        ProcessStartInfo start = Shell(directory, "head -c 1000000 /dev/zero >&2; echo 'Now listening on: http://127.0.0.1:1'; sleep 1000");
        using SampleProcess process = await SampleProcess.StartAsync(start, TimeSpan.FromSeconds(30));
        Assert.Equal(new Uri("http://127.0.0.1:1"), process.Client.BaseAddress);
    }

    private static ProcessStartInfo Shell(TempDirectory directory, string script) =>
        CommandLine.Describe(directory.Path, new Dictionary<string, string>(), "sh", "-c", script);

    private static async Task EndedAsync(TempDirectory directory)
    {
        string state = $"/proc/{(await File.ReadAllTextAsync(directory.File("child"))).Trim()}/stat";
        await Eventually.EqualAsync("ended", async () =>
        {
            try
            {
                return (await File.ReadAllTextAsync(state)).Contains(") Z", StringComparison.Ordinal) ? "ended" : "runs";
            }
            catch (IOException)
            {
                return "ended"; // there is no such process
            }
        });
    }
}
