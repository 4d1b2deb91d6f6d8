using System.Reflection;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;
using FeatureManagement.ActionTracing.Tests.Architecture;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

public sealed class AuditActionsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public static TheoryData<string> All =>
        [.. typeof(AuditActions).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => (string)constant.GetRawConstantValue()!)];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Query_ByActionThatWasRenamed_FindsEntriesOfBothNames(bool durable)
    {
        using SqliteStore? sqlite = durable ? new SqliteStore(new SqliteFile(_directory.File("store.db"), null)) : null;
        IActionTracingStore store = sqlite ?? (IActionTracingStore)new InMemoryStore();
        string[] actions = ["configuration_mended", "configuration_recovered", "configuration_rejected", "superseded", "reconciled"];
        await store.State.CommitAsync(new StoreCommit([], [.. actions.Select(Entry)]), default);

        foreach (string action in new[] { "configuration_mended", "configuration_recovered" })
            Assert.Equal<long[]>([2, 1], await Numbers(new AuditQuery { Action = action }));
        foreach (string action in new[] { "superseded", "reconciled" })
            Assert.Equal<long[]>([5, 4], await Numbers(new AuditQuery { Action = action }));
        Assert.Equal<long[]>([3], await Numbers(new AuditQuery { Action = "configuration_rejected" }));
        Assert.Equal<long[]>([1], await Numbers(new AuditQuery { Action = "configuration_recovered", Before = 2 }));

        async Task<long[]> Numbers(AuditQuery query) => [.. (await store.State.ReadAuditAsync(query, default)).Select(entry => entry.Number)];
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Action_IsInTheDocsAndInTheFilterOfTheDashboard(string action)
    {
        Assert.Contains($"`{action}`", File.ReadAllText(Root("docs/audit.md")), StringComparison.Ordinal);
        Assert.Contains($"'{action}'", File.ReadAllText(Root("src/FeatureManagement.ActionTracing.AspNetCore/Dashboard/Assets/audit.js")), StringComparison.Ordinal);
    }

    private static AuditEntry Entry(string action) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Action = action,
        Actor = "configuration",
        Source = ChangeSource.Configuration,
        Instance = "host/1",
    };

    private static string Root(string file) => Path.Combine(SourceText.Root, file);
}
