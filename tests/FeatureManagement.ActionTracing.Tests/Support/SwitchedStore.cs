using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A store that a test breaks and repairs.</summary>
internal sealed class SwitchedStore(IActionTracingStore? inner = null) : IActionTracingStore, IStateStore
{
    /// <summary>Where it all is; another one is a file that was put in its place.</summary>
    public IActionTracingStore Inner { get; set; } = inner ?? new InMemoryStore();

    /// <summary>What every call throws, or null.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Called before each commit, as if another instance were faster.</summary>
    public Func<StoreCommit, Task>? BeforeCommit { get; set; }

    /// <summary>Called after each commit, as if its answer were lost.</summary>
    public Func<StoreCommit, Task>? AfterCommit { get; set; }

    /// <summary>Called before each read of documents, with the version that it begins after.</summary>
    public Action<long>? BeforeRead { get; set; }

    public IStateStore State => this;

    public IUnitStore Units => Inner.Units;

    public IEvaluationStore Evaluations => Inner.Evaluations;

    public bool IsDurable => Inner.State.IsDurable;

    public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken)
    {
        BeforeRead?.Invoke(since);
        return Call(() => Inner.State.ReadAsync(prefix, since, cancellationToken));
    }

    public async Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        if (BeforeCommit is { } before)
            await before(commit);
        CommitResult result = await Call(() => Inner.State.CommitAsync(commit, cancellationToken));
        if (AfterCommit is { } after)
            await after(commit);
        return result;
    }

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken) => Call(() => Inner.State.ReadAuditAsync(query, cancellationToken));

    public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken) => Call(() => Inner.State.ReadAuditBoundsAsync(cancellationToken));

    public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken) => Call(() => Inner.State.CutAuditAsync(before, cancellationToken));

    private Task<T> Call<T>(Func<Task<T>> call) => Fault is { } fault ? throw fault : call();
}
