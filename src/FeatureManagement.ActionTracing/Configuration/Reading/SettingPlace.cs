using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Where the section of our flags is. Immutable.</summary>
/// <param name="Configuration">A root, or something of another make above the section; null for nothing at all.</param>
/// <param name="Above">The path of the section that ours is in; empty at the root.</param>
internal sealed record SettingPlace(IConfiguration? Configuration, string Above = "")
{
    /// <summary>What both places lack, in a sentence; null where one has the section.</summary>
    public string? Missing { get; private init; }

    /// <summary>
    /// The section of the configuration that <c>AddFeatureManagement(configuration)</c> was given, else that of the
    /// container's own.
    /// </summary>
    public static SettingPlace Find(IConfiguration? given, IConfiguration? registered)
    {
        if (given is null || ReferenceEquals(given, registered))
            return new SettingPlace(registered) { Missing = registered is null ? Neither(null, registered) : null };
        if (given.GetSection(SettingReader.SectionName).Exists())
            return Of(given);
        return registered?.GetSection(SettingReader.SectionName).Exists() == true
            ? new SettingPlace(registered)
            // The section may come with an edit, and of the two the container's is the place that is edited.
            : (registered is null ? Of(given) : new SettingPlace(registered)) with { Missing = Neither(given, registered) };
    }

    /// <summary>
    /// What a provider of Microsoft.FeatureManagement reads its flags from; null where the provider is of another make.
    /// </summary>
    public static IConfiguration? GivenTo(IFeatureDefinitionProvider provider)
    {
        try
        {
            if (provider is ConfigurationFeatureDefinitionProvider microsoft)
                return ConfigurationOf(microsoft);
            return null;
        }
        catch (MissingFieldException)
        {
            return null; // another version
        }
    }

    // The providers of the root say which list is whose; a section does not.
    private static SettingPlace Of(IConfiguration given)
    {
        try
        {
            if (given is ConfigurationSection section)
                return new SettingPlace(RootOf(section), section.Path);
            return new SettingPlace(given);
        }
        catch (MissingFieldException)
        {
            return new SettingPlace(given);
        }
    }

    private static string Neither(IConfiguration? given, IConfiguration? registered) =>
        $"No section '{SettingReader.SectionName}' was found: "
        + (given is null ? "AddFeatureManagement() was given no configuration"
            : $"the configuration given to AddFeatureManagement(configuration) has "
            + $"none{(given is IConfigurationSection section ? $" below '{section.Path}'" : "")}")
        + (registered is null
            ? ", and no IConfiguration is registered in the container."
            : ", and the IConfiguration registered in the container has none at its root.")
        + $" Only the built-in flags are there. Add the section in one of the two places.";

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_configuration")]
    private static extern ref IConfiguration ConfigurationOf(ConfigurationFeatureDefinitionProvider provider);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref IConfigurationRoot RootOf(ConfigurationSection section);
}
