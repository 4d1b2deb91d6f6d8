using System.Globalization;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>What the state of every store must do.</summary>
internal static class StateContract
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<StoreContractCase> Cases { get; } =
    [
        Case("State: an empty store has version 0", EmptyAsync),
        Case("State: documents are read since a version and by prefix", ReadAsync),
        Case("State: a prefix is taken literally", PrefixAsync),
        Case("State: a deletion is a change like any other", DeletionAsync),
        Case("State: one unexpected version of 0 writes nothing", state => ConflictAsync(state, 0)),
        Case("State: one unexpected version of 2 writes nothing", state => ConflictAsync(state, 2)),
        Case("State: one unexpected version of 99 writes nothing", state => ConflictAsync(state, 99)),
        Case("State: audit entries alone raise the version", EntriesAloneAsync),
        Case("State: any text comes back as it was", AnyTextAsync),
        Case("State: of many commits at once none is lost, and each version has one winner", ManyAtOnceAsync),
        Case("Audit: several commits are one chain in the order of versions", ChainAsync),
        Case("Audit: queries select and page", QueriesAsync),
        Case("Audit: actor and action are found as they are spelled", ActorAndActionAsync),
        Case("Audit: a cut keeps the chain from its anchor", CutAsync),
    ];

    private static async Task EmptyAsync(IStateStore state)
    {
        StoreChanges changes = await state.ReadAsync("", 0, default).ConfigureAwait(false);
        Expect.Equal(0, changes.Version);
        Expect.Empty(changes.Documents);
        Bounds(AuditHead.Empty, AuditHead.Empty, await state.ReadAuditBoundsAsync(default).ConfigureAwait(false));
        Expect.Empty(await state.ReadAuditAsync(new AuditQuery(), default).ConfigureAwait(false));
    }

    private static async Task ReadAsync(IStateStore state)
    {
        Expect.Equal(1, await WriteAsync(state, new("flag/a", """{"a":1}""", 0), new("evidence/a", "[]", null)).ConfigureAwait(false));
        Expect.Equal(2, await WriteAsync(state, new DocumentWrite("flag/b", "{}", 0)).ConfigureAwait(false));
        Expect.Equal(3, await WriteAsync(state, new DocumentWrite("flag/a", "{}", 1)).ConfigureAwait(false));

        Expect.All([("evidence/a", "[]", 1), ("flag/a", "{}", 3), ("flag/b", "{}", 2)], await DocumentsAsync(state, "", 0).ConfigureAwait(false));
        Expect.All([("flag/a", "{}", 3), ("flag/b", "{}", 2)], await DocumentsAsync(state, "flag/", 0).ConfigureAwait(false));
        Expect.All([("flag/a", "{}", 3)], await DocumentsAsync(state, "flag/", 2).ConfigureAwait(false));
        Expect.Empty(await DocumentsAsync(state, "flag/", 3).ConfigureAwait(false));
        Expect.Empty(await DocumentsAsync(state, "flag/", 30).ConfigureAwait(false));
        Expect.Equal(3, (await state.ReadAsync("none/", 0, default).ConfigureAwait(false)).Version);
    }

    private static async Task PrefixAsync(IStateStore state)
    {
        await WriteAsync(state, new("a%/x", "1", 0), new("ab/x", "2", 0), new("a_/x", "3", 0), new("A%/x", "4", 0)).ConfigureAwait(false);
        Expect.All(["a%/x"], (await DocumentsAsync(state, "a%/", 0).ConfigureAwait(false)).Select(document => document.Key));
        Expect.All(["a_/x"], (await DocumentsAsync(state, "a_/", 0).ConfigureAwait(false)).Select(document => document.Key));
    }

    private static async Task DeletionAsync(IStateStore state)
    {
        await WriteAsync(state, new DocumentWrite("flag/a", "{}", 0)).ConfigureAwait(false);
        await WriteAsync(state, new DocumentWrite("flag/a", null, 1)).ConfigureAwait(false);
        Expect.All([("flag/a", null, 2)], await DocumentsAsync(state, "flag/", 1).ConfigureAwait(false));
        CommitResult refused = await state.CommitAsync(new StoreCommit([new("flag/a", "{}", 0)], []), default).ConfigureAwait(false);
        Expect.Equal("flag/a", refused.Conflict);
        Expect.Equal(3, await WriteAsync(state, new DocumentWrite("flag/a", "{}", 2)).ConfigureAwait(false));
    }

    private static async Task ConflictAsync(IStateStore state, long expected)
    {
        await WriteAsync(state, new DocumentWrite("flag/a", "1", 0)).ConfigureAwait(false);
        var commit = new StoreCommit([new("flag/b", "new", 0), new("flag/a", "2", expected), new("flag/c", "new", null)], [Entry("updated", "a")]);
        CommitResult result = await state.CommitAsync(commit, default).ConfigureAwait(false);
        Expect.Equal((false, 1L, "flag/a"), (result.IsCommitted, result.Version, result.Conflict));
        Expect.All([("flag/a", "1", 1)], await DocumentsAsync(state, "", 0).ConfigureAwait(false));
        Expect.Empty(await state.ReadAuditAsync(new AuditQuery(), default).ConfigureAwait(false));
    }

    private static async Task EntriesAloneAsync(IStateStore state)
    {
        CommitResult result = await state.CommitAsync(new StoreCommit([], [Entry("updated", null)]), default).ConfigureAwait(false);
        Expect.Equal((1L, null, true), (result.Version, result.Conflict, result.IsCommitted));
        Expect.Equal(1, (await state.ReadAsync("", 0, default).ConfigureAwait(false)).Version);
    }

    private static async Task AnyTextAsync(IStateStore state)
    {
        const string Odd = "'\"\\ \u0001\t\r\n ÄÖ日本\U0001F600 %_";
        AuditEntry entry = Entry(Odd, Odd) with
        {
            Actor = Odd,
            Reason = Odd,
            Before = Odd,
            After = Odd,
            Instance = Odd,
            Source = ChangeSource.Safety,
            At = Noon.AddTicks(1),
        };
        await state.CommitAsync(new StoreCommit([new("flag/ä日", Odd, 0)], [entry, Entry("x", null)]), default).ConfigureAwait(false);
        Expect.All([("flag/ä日", Odd, 1)], await DocumentsAsync(state, "flag/ä", 0).ConfigureAwait(false));
        AuditEntry[] stored = [.. await state.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default).ConfigureAwait(false)];
        Expect.Equal(entry with { Number = 1, Version = 1, PreviousHash = AuditHead.Empty.Hash, Hash = stored[0].Hash }, stored[0]);
        Expect.Equal(null, stored[1].Flag);
        Expect.Equal(null, stored[1].Before);
    }

    private static async Task ManyAtOnceAsync(IStateStore state)
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < 10;)
            {
                StoredDocument? counter = (await state.ReadAsync("counter", 0, default).ConfigureAwait(false)).Documents.SingleOrDefault();
                string next = $"{int.Parse(counter?.Json ?? "0", CultureInfo.InvariantCulture) + 1}";
                var commit = new StoreCommit([new("counter", next, counter?.Version ?? 0)], [Entry(next, $"writer{writer}")]);
                if ((await state.CommitAsync(commit, default).ConfigureAwait(false)).IsCommitted)
                    i++;
            }
        }))).ConfigureAwait(false);
        Expect.All([("counter", "80", 80)], await DocumentsAsync(state, "", 0).ConfigureAwait(false));
        IReadOnlyList<AuditEntry> entries = await state.ReadAuditAsync(new AuditQuery { OldestFirst = true, Take = 100 }, default).ConfigureAwait(false);
        Expect.All(Enumerable.Range(1, 80).Select(i => ($"{i}", (long)i, (long)i)), entries.Select(entry => (entry.Action, entry.Number, entry.Version)));
    }

    private static async Task ChainAsync(IStateStore state)
    {
        await state.CommitAsync(new StoreCommit([new("flag/a", "1", null)], [Entry("one", "a"), Entry("two", "a")]), default).ConfigureAwait(false);
        await WriteAsync(state, new DocumentWrite("flag/b", "1", null)).ConfigureAwait(false);
        await state.CommitAsync(new StoreCommit([], [Entry("three", "b")]), default).ConfigureAwait(false);

        IReadOnlyList<AuditEntry> entries = await state.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default).ConfigureAwait(false);
        Expect.All([("one", 1L, 1L), ("two", 2L, 1L), ("three", 3L, 3L)], entries.Select(entry => (entry.Action, entry.Number, entry.Version)));
        AuditHead head = AuditHead.Empty;
        foreach (AuditEntry entry in entries)
        {
            Expect.Equal(head.Append(entry, entry.Version), entry);
            head = AuditHead.Of(entry);
        }
        Bounds(AuditHead.Empty, head, await state.ReadAuditBoundsAsync(default).ConfigureAwait(false));
    }

    private static async Task QueriesAsync(IStateStore state)
    {
        for (int i = 1; i <= 9; i++)
        {
            AuditEntry entry = Entry("do", i % 3 == 0 ? "Third" : "other") with
            {
                At = Noon.AddHours(i),
                Source = i % 2 == 0 ? ChangeSource.Api : ChangeSource.Rollout,
            };
            await state.CommitAsync(new StoreCommit([], [entry]), default).ConfigureAwait(false);
        }

        await NumbersAsync(state, new AuditQuery(), 9, 8, 7, 6, 5, 4, 3, 2, 1).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Flag = "tHIRD" }, 9, 6, 3).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Flag = "third", Source = ChangeSource.Api }, 6).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { From = Noon.AddHours(4), To = Noon.AddHours(6) }, 5, 4).ConfigureAwait(false);
        var offset = new AuditQuery { From = Noon.AddHours(4).ToOffset(TimeSpan.FromHours(9)), To = Noon.AddHours(5).ToOffset(TimeSpan.FromHours(-9)) };
        await NumbersAsync(state, offset, 4).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Take = 2 }, 9, 8).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Take = 2, Before = 8 }, 7, 6).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { After = 7, OldestFirst = true }, 8, 9).ConfigureAwait(false);
        var page = new AuditQuery { From = Noon.AddHours(2), To = Noon.AddHours(6), After = 3, OldestFirst = true, Take = 2 };
        await NumbersAsync(state, page, 4, 5).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Flag = "none" }).ConfigureAwait(false);
    }

    private static async Task ActorAndActionAsync(IStateStore state)
    {
        for (int i = 1; i <= 6; i++)
        {
            AuditEntry entry = Entry(i % 3 == 0 ? "reset" : "updated", "a") with { At = Noon.AddHours(i), Actor = i % 2 == 0 ? "bob" : "ann" };
            await state.CommitAsync(new StoreCommit([], [entry]), default).ConfigureAwait(false);
        }

        await NumbersAsync(state, new AuditQuery { Actor = "bob" }, 6, 4, 2).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Action = "reset" }, 6, 3).ConfigureAwait(false);
        var all = new AuditQuery { Actor = "bob", Action = "updated", Source = ChangeSource.Code, Flag = "A", To = Noon.AddHours(6), Before = 5 };
        await NumbersAsync(state, all, 4, 2).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Actor = "BOB" }).ConfigureAwait(false);
        await NumbersAsync(state, new AuditQuery { Action = "bob" }).ConfigureAwait(false);
    }

    private static async Task CutAsync(IStateStore state)
    {
        // The third is older than its place says: clocks may go back.
        foreach (int hour in new[] { 1, 2, 4, 3, 5 })
            await state.CommitAsync(new StoreCommit([], [Entry("do", "a") with { At = Noon.AddHours(hour) }]), default).ConfigureAwait(false);
        AuditEntry[] all = [.. await state.ReadAuditAsync(new AuditQuery { OldestFirst = true }, default).ConfigureAwait(false)];

        AuditBounds bounds = await state.CutAuditAsync(Noon.AddHours(4), default).ConfigureAwait(false);
        Bounds(AuditHead.Of(all[1]), AuditHead.Of(all[4]), bounds);
        await NumbersAsync(state, new AuditQuery(), 5, 4, 3).ConfigureAwait(false);
        Bounds(bounds.Anchor, bounds.Head, await state.CutAuditAsync(Noon, default).ConfigureAwait(false));

        bounds = await state.CutAuditAsync(Noon.AddHours(6), default).ConfigureAwait(false);
        Bounds(AuditHead.Of(all[4]), AuditHead.Of(all[4]), bounds);
        await state.CommitAsync(new StoreCommit([], [Entry("do", "a")]), default).ConfigureAwait(false);
        Expect.All([AuditHead.Of(all[4]).Append(Entry("do", "a"), 6)], await state.ReadAuditAsync(new AuditQuery(), default).ConfigureAwait(false));
    }

    private static void Bounds(AuditHead anchor, AuditHead head, AuditBounds found) =>
        Expect.Equal((anchor, head), (found.Anchor, found.Head), "the bounds of the audit");

    private static StoreContractCase Case(string name, Func<IStateStore, Task> run) => new(name, store => run(store.State));

    private static AuditEntry Entry(string action, string? flag) =>
        new() { At = Noon, Action = action, Flag = flag, Actor = "ann", Source = ChangeSource.Code, Instance = "node" };

    private static async Task<long> WriteAsync(IStateStore state, params DocumentWrite[] writes)
    {
        CommitResult result = await state.CommitAsync(new StoreCommit(writes, []), default).ConfigureAwait(false);
        Expect.Equal(null, result.Conflict);
        return result.Version;
    }

    private static async Task<(string Key, string? Json, long Version)[]> DocumentsAsync(IStateStore state, string prefix, long since) =>
        [.. (await state.ReadAsync(prefix, since, default).ConfigureAwait(false)).Documents
            .Select(document => (document.Key, document.Json, document.Version)).OrderBy(document => document.Key, StringComparer.Ordinal)];

    private static async Task NumbersAsync(IStateStore state, AuditQuery query, params long[] expected) =>
        Expect.All(expected, (await state.ReadAuditAsync(query, default).ConfigureAwait(false)).Select(entry => entry.Number), $"the answer to {query}");
}
