using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing;

/// <summary>The end of an audit chain: what the next entry is chained to. Immutable.</summary>
public sealed record AuditHead
{
    /// <summary>Creates the end of a chain.</summary>
    /// <param name="number">The number of the last entry, 0 where there is none.</param>
    /// <param name="hash">The hash of the last entry; 64 zeros where there is none.</param>
    public AuditHead(long number, string hash)
    {
        Number = number;
        Hash = hash;
    }

    /// <summary>The end of a chain without entries.</summary>
    public static AuditHead Empty { get; } = new(0, new string('0', 64));

    /// <summary>The number of the last entry, 0 where there is none.</summary>
    public long Number { get; }

    /// <summary>The hash of the last entry; 64 zeros where there is none.</summary>
    public string Hash { get; }

    /// <summary>
    /// Chains an entry to this head. Every store makes its entries by this. What would make the entry larger than 8 KB
    /// is cut.
    /// </summary>
    /// <param name="entry">What is recorded.</param>
    /// <param name="version">The store's version that the commit makes.</param>
    public AuditEntry Append(AuditEntry entry, long version)
    {
        ArgumentNullException.ThrowIfNull(entry);
        AuditEntry chained = AuditSize.Fit(AuditChain.Storable(entry)) with
        {
            Number = Number + 1,
            Version = version,
            At = entry.At.ToUniversalTime(),
            PreviousHash = Hash,
        };
        return chained with { Hash = AuditChain.HashOf(chained) };
    }

    /// <summary>The head of a chain that ends with this entry.</summary>
    /// <param name="entry">A chained entry.</param>
    public static AuditHead Of(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new AuditHead(entry.Number, entry.Hash);
    }
}
