using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing;

/// <summary>Checks the section <c>ActionTracing</c> as a host does when it starts. Thread-safe.</summary>
public static class FeatureFlagConfigurationValidator
{
    /// <summary>Returns all errors at once. The overlays of every environment are checked.</summary>
    /// <param name="configuration">Configuration that has the section, or the section itself.</param>
    /// <param name="environment">The host environment whose overlays apply, as <c>Production</c>.</param>
    /// <returns>Errors and warnings.</returns>
    public static FeatureFlagConfigurationValidation Validate(IConfiguration configuration, string environment)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(environment);
        var reading = CatalogReading.Read(SettingReader.Read(configuration), environment, BuiltInFlags.In(environment));
        string[] errors = [.. reading.Faults.Select(fault => fault.Message)];
        return new FeatureFlagConfigurationValidation(errors, reading.Warnings);
    }
}
