using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.OtherStore;

/// <summary>Evaluations in a list.</summary>
public sealed class ListEvaluations : IEvaluationStore
{
    private readonly Lock _gate = new();
    private readonly List<EvaluationAuditEntry> _entries = [];
    private long _number;

    public Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (_gate)
            _entries.AddRange(entries.Select(entry => entry with { Number = ++_number }));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_gate)
        {
            IEnumerable<EvaluationAuditEntry> found = _entries.AsEnumerable().Reverse().Where(entry =>
                (query.Flag is null || string.Equals(query.Flag, entry.Flag, StringComparison.OrdinalIgnoreCase))
                && (subject is null || subject == entry.Subject)
                && !(entry.Number >= query.Before));
            return Task.FromResult<IReadOnlyList<EvaluationAuditEntry>>([.. found.Take(query.Take)]);
        }
    }

    public Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        lock (_gate)
            _entries.RemoveRange(0, _entries.TakeWhile(entry => entry.At < before).Count());
        return Task.FromResult(false);
    }
}
