using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage.Evaluations;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>What every place for audited evaluations must do.</summary>
public abstract class EvaluationStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    internal abstract IEvaluationStore Store { get; }

    [Fact]
    public async Task Read_NothingWritten_IsEmpty()
    {
        Assert.Empty(await Store.ReadAsync(new EvaluationAuditQuery(), null, default));
        Assert.False(await Store.CutAsync(Noon, default));
    }

    [Fact]
    public async Task Write_Anything_ComesBackNumberedAndNewestFirst()
    {
        EvaluationAuditEntry full = Entry("größe'\"") with { Enabled = true, Variant = "日本", Reason = EvaluationReason.InPercentage, Subject = "ab", At = Noon.AddMilliseconds(7) };
        await Store.WriteAsync([full, Entry("b")], default);
        await Store.WriteAsync([Entry("c") with { Reason = EvaluationReason.ParentOff }], default);
        Assert.Equal(
            [Entry("c") with { Reason = EvaluationReason.ParentOff, Number = 3 }, Entry("b") with { Number = 2 }, full with { Number = 1 }],
            await Store.ReadAsync(new EvaluationAuditQuery(), null, default));
    }

    [Fact]
    public async Task Read_Queries_SelectAndPage()
    {
        await Store.WriteAsync([.. Enumerable.Range(1, 9).Select(i => Entry(i % 3 == 0 ? "Third" : "other") with { Subject = i % 2 == 0 ? "even" : null })], default);
        Assert.Equal<long[]>([9, 6, 3], await Numbers(new EvaluationAuditQuery { Flag = "tHIRD" }));
        Assert.Equal<long[]>([8, 6, 4, 2], await Numbers(new EvaluationAuditQuery(), "even"));
        Assert.Equal<long[]>([6], await Numbers(new EvaluationAuditQuery { Flag = "third" }, "even"));
        Assert.Equal<long[]>([9, 8], await Numbers(new EvaluationAuditQuery { Take = 2 }));
        Assert.Equal<long[]>([7, 6], await Numbers(new EvaluationAuditQuery { Take = 2, Before = 8 }));
        Assert.Empty(await Numbers(new EvaluationAuditQuery { Flag = "none" }));
    }

    [Fact]
    public async Task Cut_RemovesTheOldestAndGivesNoNumberTwice()
    {
        await Store.WriteAsync([.. Enumerable.Range(1, 4).Select(i => Entry("a") with { At = Noon.AddHours(i) })], default);
        Assert.False(await Store.CutAsync(Noon.AddHours(3), default));
        Assert.Equal<long[]>([4, 3], await Numbers(new EvaluationAuditQuery()));
        Assert.False(await Store.CutAsync(Noon.AddHours(9), default));
        Assert.Empty(await Numbers(new EvaluationAuditQuery()));
        await Store.WriteAsync([Entry("a")], default);
        Assert.Equal<long[]>([5], await Numbers(new EvaluationAuditQuery()));
    }

    [Fact]
    public async Task Cut_Many_RemovesAllOfThemInTurns()
    {
        await Store.WriteAsync([.. Enumerable.Range(0, 25_000).Select(_ => Entry("a"))], default);
        for (int turns = 0; await Store.CutAsync(Noon.AddDays(1), default); turns++)
            Assert.True(turns < 3);
        Assert.Empty(await Numbers(new EvaluationAuditQuery()));
    }

    private static EvaluationAuditEntry Entry(string flag) => new() { At = Noon, Flag = flag, Enabled = false, Node = "node" };

    private async Task<long[]> Numbers(EvaluationAuditQuery query, string? subject = null) => [.. (await Store.ReadAsync(query, subject, default)).Select(entry => entry.Number)];
}

public sealed class InMemoryEvaluationStoreTests : EvaluationStoreContract
{
    internal override IEvaluationStore Store { get; } = new InMemoryEvaluationStore();

    [Fact]
    public async Task Write_MoreThanThereIsRoomFor_KeepsTheLast()
    {
        var store = new InMemoryEvaluationStore(capacity: 2);
        foreach (string flag in new[] { "a", "b", "c" })
            await store.WriteAsync([new EvaluationAuditEntry { At = default, Flag = flag, Enabled = true, Node = "n" }], default);
        Assert.Equal([("c", 3L), ("b", 2L)], (await store.ReadAsync(new EvaluationAuditQuery(), null, default)).Select(entry => (entry.Flag, entry.Number)));
    }
}

public sealed class SqliteEvaluationStoreTests : EvaluationStoreContract, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteEvaluationStore _store;

    public SqliteEvaluationStoreTests() => _store = new SqliteEvaluationStore(new SqliteFile(_directory.File("store.db"), null));

    internal override IEvaluationStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }
}
