namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>What configuration says now, and word of each change. The seam at which tests and benchmarks put flags of their own.</summary>
internal interface IFlagCatalogSource
{
    /// <summary>The newest catalog.</summary>
    FlagCatalog Catalog { get; }

    /// <summary>Raised after <see cref="Catalog"/> has changed, one change at a time.</summary>
    event Action<FlagCatalog>? Changed;

    /// <summary>Lets the source ask whether an emergency flag is on at run time, before it takes the flag away. A source that takes whatever it is given never asks.</summary>
    /// <param name="isOn">Whether the flag of this name can be on for anybody. Called from any thread; it must not wait.</param>
    void AskWhetherOn(Func<string, bool> isOn)
    {
    }

    /// <summary>Raised before <see cref="Changed"/> for what an edit brought that is wrong, and for what is no longer wrong. A source that takes whatever it is given never raises it.</summary>
    event Action<IReadOnlyList<ConfigurationFault>, IReadOnlyList<ConfigurationFault>>? Judged
    {
        add { }
        remove { }
    }
}
