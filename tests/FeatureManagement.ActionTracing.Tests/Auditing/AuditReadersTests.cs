using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>Who reads the audit delays no change, can be cancelled, and reads only what is asked.</summary>
public sealed class AuditReadersTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "why");

    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;
    private readonly FlagServices _services;

    public AuditReadersTests()
    {
        _store = new SqliteStore(new SqliteFile(Path, null));
        _services = new FlagServices([Flag.On("flag"), Flag.On("other")], before: services => services.AddSingleton<IActionTracingStore>(_store));
    }

    private string Path => _directory.File("store.db");

    private IAuditLog Log => _services.Get<IAuditLog>();

    public void Dispose()
    {
        _services.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    // The audit never ends for who reads it; it still takes entries.
    [Fact]
    public async Task Kill_WhileTwentyReadAnEndlessAudit_IsStored()
    {
        await _services.Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 1 }, Change);
        Execute("""
            ALTER TABLE audit RENAME TO entry;
            CREATE VIEW audit AS WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n)
                SELECT x AS number, version, at, action, flag, flag_key, before, after, actor, reason, source, node, previous_hash, hash FROM n JOIN entry ON entry.number = -n.x;
            CREATE TRIGGER audit_insert INSTEAD OF INSERT ON audit BEGIN
                INSERT INTO entry VALUES (NEW.number, NEW.version, NEW.at, NEW.action, NEW.flag, NEW.flag_key, NEW.before, NEW.after, NEW.actor, NEW.reason, NEW.source, NEW.node, NEW.previous_hash, NEW.hash);
            END;
            """);
        using var enough = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? Log.QueryAsync(new AuditQuery { Take = 1 }, enough.Token) : (Task)Log.VerifyAsync(enough.Token))];

        EmergencyResult killed = await _services.Manager.EmergencyShutdownAsync("flag", Change);
        FlagStatus updated = await _services.Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 2 }, Change);
        Assert.Equal((true, 2m, true), (killed.IsStored, updated.Definition.Percentage, updated.IsStored));
        Assert.All(readers, reader => Assert.False(reader.IsCompleted));

        await enough.CancelAsync();
        foreach (Task reader in readers)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader);
        Assert.Null(_services.Get<IActionTracingStoreStatus>().Current.Error);
        Execute("DROP VIEW audit; ALTER TABLE entry RENAME TO audit;");
        AuditVerification found = await Log.VerifyAsync();
        Assert.Equal((true, 3L), (found.IsValid, found.Entries));
    }

    [Fact]
    public async Task Query_ThatTakesTooLong_IsNoFailureOfTheStore()
    {
        await _services.Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 1 }, Change);
        _services.Flags.Set([Flag.On("flag")], new FeatureFlagSettings { DefaultTimeout = TimeSpan.FromMilliseconds(300) });
        Execute("""
            ALTER TABLE audit RENAME TO entry;
            CREATE VIEW audit AS WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n)
                SELECT x AS number, version, at, action, flag, flag_key, before, after, actor, reason, source, node, previous_hash, hash FROM n JOIN entry ON entry.number = -n.x;
            """);
        StoreException late = await Assert.ThrowsAsync<StoreException>(() => Log.QueryAsync(new AuditQuery()));
        Assert.Equal("The audit did not answer within 00:00:00.3000000: it is large, or many read it. Ask for less, or ask again.", late.Message);
        Assert.Null(_services.Get<IActionTracingStoreStatus>().Current.Error);
    }

    public static TheoryData<string, string> Plans => new()
    {
        { "flag", "audit_flag" }, { "source", "audit_source" }, { "actor", "audit_actor" }, { "action", "audit_action" }, { "from", "audit_at" }, { "to", "audit_at" }, { "fromTo", "audit_at" },
        { "after", "INTEGER PRIMARY KEY" }, { "before", "INTEGER PRIMARY KEY" },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Query_ByOneThing_SearchesItsIndex(string asked, string index)
    {
        await _services.Manager.UpdateFlagAsync("other", new FlagUpdate { Percentage = 1 }, Change);
        DateTimeOffset time = DateTimeOffset.UnixEpoch;
        AuditQuery query = asked switch
        {
            "flag" => new() { Flag = "flag" },
            "source" => new() { Source = ChangeSource.Api },
            "actor" => new() { Actor = "ann" },
            "action" => new() { Action = "updated" },
            "from" => new() { From = time },
            "to" => new() { To = time },
            "fromTo" => new() { From = time, To = time },
            "after" => new() { After = 5, OldestFirst = true },
            _ => new() { Before = 5 },
        };
        string[] plan = Plan(SqliteAuditQuery.Statement(query));
        Assert.Contains(plan, step => step.StartsWith("SEARCH audit USING", StringComparison.Ordinal) && step.Contains(index, StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.StartsWith("SCAN SUBQUERY", StringComparison.Ordinal));
    }

    private string[] Plan(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + statement;
        foreach (string name in (string[])["flag", "source", "Actor", "Action", "from", "to", "Before", "After", "Take"])
            command.Parameters.AddWithValue(name, 1);
        using SqliteDataReader reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
            steps.Add(reader.GetString(3));
        return [.. steps];
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        SqliteFile.Execute(connection, sql);
    }
}
