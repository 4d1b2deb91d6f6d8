using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>One reading of configuration compared with the state before it. Immutable.</summary>
internal sealed record ConfigurationChange
{
    /// <summary>The report after the reading.</summary>
    public required ConfigurationReport Report { get; init; }

    /// <summary>The new faults.</summary>
    public required IReadOnlyList<ConfigurationFault> Rejected { get; init; }

    /// <summary>The faults that are corrected.</summary>
    public required IReadOnlyList<ConfigurationFault> Recovered { get; init; }

    /// <summary>The new warnings.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    public required FlagCatalog Before { get; init; }

    /// <summary>The catalog after the reading; the same object where nothing changed.</summary>
    public required FlagCatalog After { get; init; }

    /// <summary>Whether a flag or a setting changed.</summary>
    public bool IsAccepted => !ReferenceEquals(Before, After);

    public static ConfigurationChange Of(
        ConfigurationReport before, FlagCatalog catalog, CatalogReading next, DateTimeOffset now)
    {
        bool accepted = !ReferenceEquals(next.Catalog, catalog);
        ConfigurationReport report = before.Next(next.Faults, next.Warnings, accepted, now);
        return new ConfigurationChange
        {
            Report = report,
            Rejected = [.. report.Faults.Except(before.Faults)],
            Recovered = [.. before.Faults.Except(report.Faults)],
            Warnings = [.. next.Warnings.Except(before.Warnings)],
            Before = catalog,
            After = next.Catalog,
        };
    }
}
