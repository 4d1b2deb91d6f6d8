namespace FeatureManagement.ActionTracing.Storage.Evaluations;

/// <summary>Keeps the last evaluations in memory, for as long as the process lives. Thread-safe.</summary>
/// <param name="capacity">How many; the oldest give way.</param>
internal sealed class InMemoryEvaluations(int capacity = 10_000) : IEvaluationStore
{
    private readonly Lock _gate = new();
    private readonly Queue<EvaluationAuditEntry> _entries = new();
    private long _number;

    public Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken)
    {
        lock (_gate)
            foreach (EvaluationAuditEntry entry in entries)
            {
                if (_entries.Count == capacity)
                    _entries.Dequeue();
                _entries.Enqueue(entry with { Number = ++_number });
            }
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(
        EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<EvaluationAuditEntry>>(
            [
                .. _entries.Reverse().Where(entry =>
                    (query.Flag is null || string.Equals(entry.Flag, query.Flag, StringComparison.OrdinalIgnoreCase))
                    && (subject is null || entry.Subject == subject)
                    && !(entry.Number >= query.Before)).Take(query.Take),
            ]);
    }

    public Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        lock (_gate)
            while (_entries.TryPeek(out EvaluationAuditEntry? oldest) && oldest.At < before)
                _entries.Dequeue();
        return Task.FromResult(false);
    }
}
