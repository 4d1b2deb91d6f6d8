using FeatureManagement.ActionTracing.Storage.Evaluations;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

public sealed class InMemoryEvaluationsTests
{
    [Fact]
    public async Task Write_MoreThanThereIsRoomFor_KeepsTheLast()
    {
        var store = new InMemoryEvaluations(capacity: 2);
        foreach (string flag in new[] { "a", "b", "c" })
            await store.WriteAsync([new EvaluationAuditEntry { At = default, Flag = flag, IsEnabled = true, Instance = "n" }], default);
        Assert.Equal([("c", 3L), ("b", 2L)], (await store.ReadAsync(new EvaluationAuditQuery(), null, default)).Select(entry => (entry.Flag, entry.Number)));
    }
}
