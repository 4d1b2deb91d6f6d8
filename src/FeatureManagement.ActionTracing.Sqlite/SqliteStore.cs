using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// Keeps everything in one SQLite file in WAL mode. Each part has connections of its own, so that none waits for
/// another.
/// </summary>
internal sealed class SqliteStore : IActionTracingStore, IDisposable
{
    private readonly SqliteState _state;
    private readonly SqliteUnits _units;
    private readonly SqliteEvaluations _evaluations;

    public SqliteStore(SqliteFile file, StoreSpace? space = null)
    {
        _state = new SqliteState(file);
        _units = new SqliteUnits(file, space);
        _evaluations = new SqliteEvaluations(file, space);
    }

    public IStateStore State => _state;

    public IUnitStore Units => _units;

    public IEvaluationStore Evaluations => _evaluations;

    public void Dispose()
    {
        _state.Dispose();
        _units.Dispose();
        _evaluations.Dispose();
    }
}
