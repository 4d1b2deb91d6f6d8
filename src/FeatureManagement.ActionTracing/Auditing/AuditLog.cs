using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Auditing;

internal sealed partial class AuditLog(BoundedStore store, ILogger<AuditLog> logger) : IAuditLog
{
    private const long MaxPage = 4_000_000; // characters: what verification keeps in memory, however large entries of earlier releases are

    public Task<IReadOnlyList<AuditEntry>> QueryAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Take is < 1 or > AuditQuery.MaxTake)
            throw new ArgumentException($"Take is {query.Take}; it must be 1 to {AuditQuery.MaxTake}.", nameof(query));
        return store.State.ReadAuditAsync(query, cancellationToken);
    }

    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            AuditBounds bounds = await BoundsAsync(cancellationToken).ConfigureAwait(false);
            AuditVerification found = await VerifyAsync(bounds.Anchor, cancellationToken).ConfigureAwait(false);
            // Retention may have removed what was being read.
            if (!found.IsValid && (await BoundsAsync(cancellationToken).ConfigureAwait(false)).Anchor.Number > bounds.Anchor.Number)
                continue;
            if (found.IsValid)
                LogValid(found.Entries, found.Head.Number, found.Head.Hash);
            else
                LogInvalid(found.Fault!); // what is not valid has a fault
            return found;
        }
    }

    private async Task<AuditVerification> VerifyAsync(AuditHead anchor, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        AuditHead head = anchor;
        Task<Page> next = PageAsync(anchor.Number, stop.Token);
        try
        {
            while (true)
            {
                (AuditHead end, IReadOnlyList<AuditEntry> entries) = await next.ConfigureAwait(false);
                // The next page is read while this one is computed.
                if (entries.Count > 0)
                    next = PageAsync(entries[^1].Number, stop.Token);
                foreach (AuditEntry entry in entries)
                {
                    if (AuditChain.FaultOf(head, entry) is { } fault)
                        return Found(head.Number + 1, fault);
                    head = AuditHead.Of(entry);
                    if (head.Number == end.Number && head != end)
                        return Found(head.Number, $"Entry {head.Number} is not the one that was written last.");
                }
                if (entries.Count > 0)
                    continue;
                if (head == end)
                    return new AuditVerification { Entries = head.Number - anchor.Number, Head = head };
                if (head.Number < end.Number)
                    return Found(
                        head.Number + 1,
                        $"Entry {head.Number + 1} and what came after it were cut off; the last one was {end.Number}.");
                return Found(end.Number + 1, $"Entry {end.Number + 1} was not written by this package; the last one was {end.Number}.");
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        AuditVerification Found(long number, string fault) =>
            new() { Entries = head.Number - anchor.Number, FirstInvalid = number, Fault = fault, Head = head };
    }

    // The end is asked for first, for entries may be added meanwhile.
    private async Task<Page> PageAsync(long after, CancellationToken cancellationToken)
    {
        AuditHead end = (await BoundsAsync(cancellationToken).ConfigureAwait(false)).Head;
        var query = new AuditQuery { After = after, OldestFirst = true, Take = AuditQuery.MaxTake, MaxLength = MaxPage };
        return new Page(end, await QueryAsync(query, cancellationToken).ConfigureAwait(false));
    }

    private Task<AuditBounds> BoundsAsync(CancellationToken cancellationToken) => store.State.ReadAuditBoundsAsync(cancellationToken);

    [LoggerMessage(
        EventIds.AuditValid, LogLevel.Information,
        "The audit is valid: {Entries} entries; the last is {Number} with hash {Hash}.",
        EventName = "AuditValid")]
    private partial void LogValid(long entries, long number, string hash);

    [LoggerMessage(EventIds.AuditInvalid, LogLevel.Critical, "The audit was tampered with. {Fault}", EventName = "AuditInvalid")]
    private partial void LogInvalid(string fault);

    private readonly record struct Page(AuditHead End, IReadOnlyList<AuditEntry> Entries);
}
