namespace FeatureManagement.ActionTracing.Storage;

/// <summary>What a store writes for a batch or a closing, in one transaction. Immutable.</summary>
public sealed class UnitChanges
{
    internal UnitChanges(string? totals, IReadOnlyList<UnitRow> rows, int refused = 0, bool hasMore = false)
    {
        Totals = totals;
        Rows = rows;
        Refused = refused;
        HasMore = hasMore;
    }

    /// <summary>The new totals of the run; null where nothing is to be written.</summary>
    public string? Totals { get; }

    /// <summary>The rows that are new or changed, in the order of their numbers.</summary>
    public IReadOnlyList<UnitRow> Rows { get; }

    /// <summary>How many events of new units were not taken in, because the store is full.</summary>
    public int Refused { get; }

    /// <summary>Whether another closing has more to count.</summary>
    public bool HasMore { get; }
}
