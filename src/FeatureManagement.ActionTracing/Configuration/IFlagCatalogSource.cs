namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// The current configuration, and its changes. Tests and benchmarks implement it with flags of their own.
/// </summary>
internal interface IFlagCatalogSource
{
    /// <summary>The newest catalog.</summary>
    FlagCatalog Catalog { get; }

    /// <summary>Raised after <see cref="Catalog"/> has changed, one change at a time.</summary>
    event Action<FlagCatalog>? Changed;

    /// <summary>
    /// Sets the check for an emergency flag that is on at run time: an edit does not remove such a flag. A source that
    /// does not validate ignores it.
    /// </summary>
    /// <param name="isOn">
    /// Whether the flag of this name can be on for any context. Called from any thread; it must not wait.
    /// </param>
    void AskWhetherOn(Func<string, bool> isOn)
    {
    }

    /// <summary>
    /// Raised before <see cref="Changed"/> with the new faults of an edit and with the recovered ones. A source that
    /// does not validate never raises it.
    /// </summary>
    event Action<IReadOnlyList<ConfigurationFault>, IReadOnlyList<ConfigurationFault>>? Judged
    {
        add { }
        remove { }
    }
}
