using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>The store in processes that are set up otherwise than the tests are.</summary>
[Trait("Speed", "Slow")]
public sealed class StoreProcessTests
{
    [Fact]
    public async Task JsonReflectionSwitchedOff_StoredKillsAreInForceAndNewOnesAreStored()
    {
        using var directory = new TempDirectory();
        string database = directory.File("store.db");
        using (var before = new HostProcess("operate", database, ""))
        {
            Assert.Equal("ready", await before.ReadAsync());
            Assert.Equal("stored", await before.AskAsync("kill f0"));
            await before.StopAsync();
        }
        using var process = HostProcess.WithoutReflection("operate", database, "");
        Assert.Equal("ready", await process.ReadAsync());
        Assert.Equal("off", await process.AskAsync("f0"));
        Assert.Equal("stored", await process.AskAsync("kill f1"));
        Assert.Equal("0|True|", await process.AskAsync("report"));
        await process.StopAsync();
    }

    [Fact]
    public async Task FolderReadOnlyForTheUser_TheErrorNamesPathReasonAndFix()
    {
        using var user = new OtherUser();
        using var folder = new TempDirectory();
        OtherUser.Run("chmod", "555", folder.Path); // as /app in the container images of .NET
        string database = folder.File("store.db");
        using var process = HostProcess.As(user, "operate", database, "");
        Assert.Equal("ready", await process.ReadAsync()); // on configuration
        Assert.Equal("not stored", await process.AskAsync("kill f0"));
        Assert.Equal("off", await process.AskAsync("f0"));
        string report = (await process.AskAsync("report"))!;
        Assert.StartsWith($"1|False|The store failed: the directory '{folder.Path}' of 'store.db' is read-only for user ", report, StringComparison.Ordinal);
        Assert.Contains(", mode 555); name a file in a directory that this user can write, in a container on a mounted volume, or change the owner or mode of the directory.", report, StringComparison.Ordinal);
        await process.StopAsync();
        OtherUser.Run("chmod", "755", folder.Path);
    }
}
