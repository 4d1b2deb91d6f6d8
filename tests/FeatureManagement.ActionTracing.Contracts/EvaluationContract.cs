using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>What the evaluations of every store must do.</summary>
internal static class EvaluationContract
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<StoreContractCase> Cases { get; } =
    [
        Case("Evaluations: an empty store has none", EmptyAsync),
        Case("Evaluations: anything comes back numbered, the newest first", WriteAsync),
        Case("Evaluations: queries select and page", QueriesAsync),
        Case("Evaluations: a cut removes the oldest, and no number is used twice", CutAsync),
        Case("Evaluations: a cut of many removes all of them in turns", CutManyAsync),
    ];

    private static async Task EmptyAsync(IEvaluationStore store)
    {
        Expect.Empty(await store.ReadAsync(new EvaluationAuditQuery(), null, default).ConfigureAwait(false));
        Expect.Equal(false, await store.CutAsync(Noon, default).ConfigureAwait(false));
    }

    private static async Task WriteAsync(IEvaluationStore store)
    {
        EvaluationAuditEntry full = Entry("größe'\"") with
        {
            IsEnabled = true,
            Variant = "日本",
            Reason = EvaluationReason.InPercentage,
            Subject = "ab",
            At = Noon.AddMilliseconds(7),
        };
        await store.WriteAsync([full, Entry("b")], default).ConfigureAwait(false);
        await store.WriteAsync([Entry("c") with { Reason = EvaluationReason.ParentOff }], default).ConfigureAwait(false);
        Expect.All(
            [Entry("c") with { Reason = EvaluationReason.ParentOff, Number = 3 }, Entry("b") with { Number = 2 }, full with { Number = 1 }],
            await store.ReadAsync(new EvaluationAuditQuery(), null, default).ConfigureAwait(false));
    }

    private static async Task QueriesAsync(IEvaluationStore store)
    {
        EvaluationAuditEntry[] entries =
        [
            .. Enumerable.Range(1, 9).Select(i => Entry(i % 3 == 0 ? "Third" : "other") with { Subject = i % 2 == 0 ? "even" : null }),
        ];
        await store.WriteAsync(entries, default).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery { Flag = "tHIRD" }, null, 9, 6, 3).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery(), "even", 8, 6, 4, 2).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery { Flag = "third" }, "even", 6).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery { Take = 2 }, null, 9, 8).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery { Take = 2, Before = 8 }, null, 7, 6).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery { Flag = "none" }, null).ConfigureAwait(false);
    }

    private static async Task CutAsync(IEvaluationStore store)
    {
        await store.WriteAsync([.. Enumerable.Range(1, 4).Select(i => Entry("a") with { At = Noon.AddHours(i) })], default).ConfigureAwait(false);
        Expect.Equal(false, await store.CutAsync(Noon.AddHours(3), default).ConfigureAwait(false));
        await NumbersAsync(store, new EvaluationAuditQuery(), null, 4, 3).ConfigureAwait(false);
        Expect.Equal(false, await store.CutAsync(Noon.AddHours(9), default).ConfigureAwait(false));
        await NumbersAsync(store, new EvaluationAuditQuery(), null).ConfigureAwait(false);
        await store.WriteAsync([Entry("a")], default).ConfigureAwait(false);
        await NumbersAsync(store, new EvaluationAuditQuery(), null, 5).ConfigureAwait(false);
    }

    private static async Task CutManyAsync(IEvaluationStore store)
    {
        await store.WriteAsync([.. Enumerable.Range(0, 25_000).Select(_ => Entry("a"))], default).ConfigureAwait(false);
        int turns = 0;
        while (await store.CutAsync(Noon.AddDays(1), default).ConfigureAwait(false))
            Expect.Equal(true, ++turns <= 1_000, "the end of the cuts");
        await NumbersAsync(store, new EvaluationAuditQuery(), null).ConfigureAwait(false);
    }

    private static StoreContractCase Case(string name, Func<IEvaluationStore, Task> run) => new(name, store => run(store.Evaluations));

    private static EvaluationAuditEntry Entry(string flag) => new() { At = Noon, Flag = flag, IsEnabled = false, Instance = "node" };

    private static async Task NumbersAsync(IEvaluationStore store, EvaluationAuditQuery query, string? subject, params long[] expected) =>
        Expect.All(expected, (await store.ReadAsync(query, subject, default).ConfigureAwait(false)).Select(entry => entry.Number), $"the answer to {query}");
}
