using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Tests.Storage;

public sealed class SqliteStoreTests : StoreContractTests, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;

    public SqliteStoreTests() => _store = Open();

    protected override IActionTracingStore Store => _store;

    private string Path => _directory.File("store.db");

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Open_Again_HasEverything()
    {
        await _store.State.CommitAsync(new StoreCommit([new("flag/a", "1", 0)], [Entry("do", "a")]), default);
        AuditBounds bounds = await _store.State.ReadAuditBoundsAsync(default);
        _store.Dispose();
        using SqliteStore again = Open();
        Assert.Equal([("flag/a", "1", 1L)], (await again.State.ReadAsync("", 0, default)).Documents.Select(document => (document.Key, document.Json!, document.Version)));
        AuditBounds found = await again.State.ReadAuditBoundsAsync(default);
        Assert.Equal((bounds.Anchor, bounds.Head), (found.Anchor, found.Head));
    }

    [Fact]
    public async Task Commit_ByAnotherProcess_IsReadHere()
    {
        using SqliteStore other = Open();
        await _store.State.CommitAsync(new StoreCommit([new("flag/a", "1", 0)], []), default);
        await other.State.CommitAsync(new StoreCommit([new("flag/a", "2", 1)], []), default);
        Assert.Equal("flag/a", (await _store.State.CommitAsync(new StoreCommit([new("flag/a", "3", 1)], []), default)).Conflict);
        Assert.Equal([("flag/a", "2", 2L)], (await _store.State.ReadAsync("", 1, default)).Documents.Select(document => (document.Key, document.Json!, document.Version)));
    }

    [Fact]
    public async Task Open_Pragmas_AreDurable()
    {
        await _store.State.ReadAsync("", 0, default);
        using var lane = new SqliteLane(new SqliteFile(Path, null));
        Assert.Equal(("wal", 2L), await lane.ReadAsync(connection => (Scalar(connection, "PRAGMA journal_mode"), Scalar(connection, "PRAGMA synchronous")), default)); // FULL
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefused()
    {
        Prepare("PRAGMA user_version = 7");
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _store.State.ReadAsync("", 0, default));
        Assert.Equal($"the file '{Path}' has schema 7, made by a later release; this one knows 3. Update the package, or use another file", refused.Message);
        Prepare("PRAGMA user_version = 0");
        Assert.Equal(0, (await _store.State.ReadAsync("", 0, default)).Version);
    }

    [Fact]
    public async Task Open_FileOfAnEarlierRelease_IsMigratedAndKeepsEverything()
    {
        string path = _directory.File("first.db");
        using (var first = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            first.Open();
            SqliteSchema.Ensure(first, path, version: 1);
            SqliteFile.Execute(first, "INSERT INTO document VALUES ('flag/A', '{}', 1); UPDATE state SET version = 1;");
        }
        using var store = new SqliteStore(new SqliteFile(path, null));
        using var evaluations = new SqliteEvaluations(new SqliteFile(path, null));
        Assert.Empty(await evaluations.ReadAsync(new EvaluationAuditQuery(), null, default));
        Assert.Equal([("flag/A", "{}", 1L)], (await store.State.ReadAsync("", 0, default)).Documents.Select(document => (document.Key, document.Json!, document.Version)));
        using var lane = new SqliteLane(new SqliteFile(path, null));
        Assert.Equal(SqliteSchema.Version, await lane.ReadAsync(connection => Scalar(connection, "PRAGMA user_version"), default));
    }

    [Fact]
    public void Open_FileWithRunsUnderLowerCase_FindsThemUnderUpperCase()
    {
        string path = _directory.File("second.db");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        SqliteSchema.Ensure(connection, path, version: 2);
        SqliteFile.Execute(connection, """
            INSERT INTO document VALUES ('experiment/layout_2', '1', 1), ('evidence/experiment/layout_2', '2', 1), ('flag/LAYOUT_2', '3', 1), ('evidence/λ', '4', 1),
                ('experiment/νόμος', '5', 1), ('experiment/νόμοσ', '6', 1), ('evidence/experiment/νόμοσ', '7', 1);
            INSERT INTO experiment VALUES (1, 'layout_2/1', 'a'), (2, 'layout_2/12', 'b'), (3, 'νόμοσ/1', 'c'), (4, 'νόμος/1', 'd');
            """);
        SqliteSchema.Ensure(connection, path);
        Assert.Equal(
            ["evidence/experiment/LAYOUT_2 2", "evidence/experiment/νόμοσ 7", "evidence/λ 4", "experiment/LAYOUT_2 1", "experiment/ΝΌΜΟΣ 5", "experiment/νόμοσ 6", "flag/LAYOUT_2 3"],
            Texts("SELECT key || ' ' || json FROM document ORDER BY key"));
        Assert.Equal(["LAYOUT_2/1 a", "LAYOUT_2/12 b", "νόμοσ/1 c", "ΝΌΜΟΣ/1 d"], Texts("SELECT key || ' ' || tally FROM experiment ORDER BY id"));

        string[] Texts(string sql)
        {
            using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
            command.CommandText = sql;
#pragma warning restore CA2100
            using SqliteDataReader row = command.ExecuteReader();
            var texts = new List<string>();
            while (row.Read())
                texts.Add(row.GetString(0));
            return [.. texts];
        }
    }

    [Fact]
    public async Task Open_FileOfSomethingElse_IsRefused()
    {
        Prepare("CREATE TABLE customer (name TEXT)");
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _store.State.CommitAsync(new StoreCommit([], []), default));
        Assert.Equal($"the file '{Path}' has the tables of another application; use another file", refused.Message);
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        using SqliteCommand mode = connection.CreateCommand();
        mode.CommandText = "PRAGMA journal_mode";
        Assert.Equal("delete", mode.ExecuteScalar()); // as it was
    }

    [Fact]
    public async Task Open_NoDirectory_IsSaidAndRepaired()
    {
        string path = System.IO.Path.Combine(_directory.Path, "later", "store.db");
        using var store = new SqliteStore(new SqliteFile(path, null));
        IOException refused = await Assert.ThrowsAsync<IOException>(() => store.State.ReadAsync("", 0, default));
        Assert.Equal($"the directory of '{path}' does not exist; create it or name another", refused.Message);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        Assert.Equal(0, (await store.State.ReadAsync("", 0, default)).Version);
    }

    [Fact]
    public async Task Commit_FileVanished_IsAFaultUntilItIsBack()
    {
        await _store.State.CommitAsync(new StoreCommit([new("flag/a", "1", 0)], []), default);
        Checkpoint();
        System.IO.File.Move(Path, Path + ".away");
        IOException refused = await Assert.ThrowsAsync<IOException>(() => _store.State.CommitAsync(new StoreCommit([new("flag/a", "2", 1)], []), default));
        Assert.Equal($"the file '{Path}' is missing; restore it", refused.Message);
        await Assert.ThrowsAsync<IOException>(() => _store.State.ReadAsync("", 0, default));
        Assert.False(System.IO.File.Exists(Path));
        System.IO.File.Move(Path + ".away", Path);
        Assert.Equal([("flag/a", "1", 1L)], (await _store.State.ReadAsync("", 0, default)).Documents.Select(document => (document.Key, document.Json!, document.Version)));
    }

    [Fact]
    public async Task Commit_LockedByAnother_WaitsOnlyAsLongAsItMay()
    {
        await _store.State.CommitAsync(new StoreCommit([new("flag/a", "1", 0)], []), default);
        using var other = new SqliteConnection($"Data Source={Path};Pooling=false");
        other.Open();
        using (SqliteTransaction blocking = other.BeginTransaction(deferred: false))
        {
            using var bound = new CancellationTokenSource();
            Task<CommitResult> commit = Task.Run(() => _store.State.CommitAsync(new StoreCommit([new("flag/a", "2", 1)], []), bound.Token));
            Assert.Single((await _store.State.ReadAsync("", 0, default)).Documents); // reading goes on
            await bound.CancelAsync();
            Exception? refused = await Record.ExceptionAsync(() => commit);
            Assert.True(refused is OperationCanceledException or IOException { Message: "the file is locked by another process" }, $"{refused}");
        }
        Assert.True((await _store.State.CommitAsync(new StoreCommit([new("flag/a", "2", 1)], []), default)).IsCommitted);
    }

    [Fact]
    public async Task Read_Corrupted_IsAFaultAndNoCrash()
    {
        await _store.State.CommitAsync(new StoreCommit([new("flag/a", "1", 0)], [Entry("do", "a")]), default);
        Checkpoint();
        _store.Dispose();
        byte[] good = System.IO.File.ReadAllBytes(Path);
        byte[] bad = (byte[])good.Clone();
        Array.Fill(bad, (byte)0xA5, 0, bad.Length);
        System.IO.File.WriteAllBytes(Path, bad);
        using SqliteStore store = Open();
        IOException refused = await Assert.ThrowsAsync<IOException>(() => store.State.ReadAsync("", 0, default));
        Assert.Contains($"the file '{Path}' failed: SQLite Error 26: 'file is not a database'", refused.Message, StringComparison.Ordinal);
        System.IO.File.WriteAllBytes(Path, good);
        Assert.Single((await store.State.ReadAsync("", 0, default)).Documents);
    }

    [Theory]
    [InlineData(":memory:")]
    [InlineData("Data Source=")]
    [InlineData("Data Source=x;Mode=Memory")]
    [InlineData("Data Source=x;Mode=ReadOnly")]
    public void UseSqlite_NoFile_IsRefused(string connectionString) => Assert.Throws<ArgumentException>(() => SqliteConnectionString.Parse(connectionString));

    [Fact]
    public async Task Open_RelativePath_BeginsAtTheContentRoot()
    {
        using var store = new SqliteStore(new SqliteFile("Data Source=relative.db", _directory.Path));
        await store.State.ReadAsync("", 0, default);
        Assert.True(System.IO.File.Exists(_directory.File("relative.db")));
    }

    private SqliteStore Open() => new(new SqliteFile(Path, null));

    private void Prepare(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        SqliteFile.Execute(connection, sql);
    }

    private void Checkpoint() => Prepare("PRAGMA wal_checkpoint(TRUNCATE)");

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
