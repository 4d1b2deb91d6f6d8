namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>What configuration says now, and word of each change. The seam at which tests and benchmarks put flags of their own.</summary>
internal interface IFlagCatalogSource
{
    /// <summary>The newest catalog.</summary>
    FlagCatalog Catalog { get; }

    /// <summary>Raised after <see cref="Catalog"/> has changed, one change at a time.</summary>
    event Action<FlagCatalog>? Changed;
}
