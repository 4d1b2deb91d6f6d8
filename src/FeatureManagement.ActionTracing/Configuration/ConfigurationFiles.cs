using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>
/// Remembers what each file last said of the section. A file that vanishes or cannot be parsed leaves its provider empty and makes no noise; what
/// it said then still counts.
/// </summary>
internal sealed class ConfigurationFiles
{
    // The dictionaries are the providers' own, which each load replaces whole.
    private readonly ConditionalWeakTable<ConfigurationProvider, IDictionary<string, string?>> _said = [];

    /// <summary>What a provider is taken to say.</summary>
    public IDictionary<string, string?> DataOf(ConfigurationProvider provider, List<string> faults)
    {
        IDictionary<string, string?> data = SettingReader.Data(provider);
        if (provider is not FileConfigurationProvider { Source.Path: var path })
            return data;
        if (data.Count == 0 && _said.TryGetValue(provider, out IDictionary<string, string?>? said))
        {
            faults.Add($"{path} is missing, empty or cannot be read; what it last said of {SettingReader.SectionName} stands.");
            return said;
        }
        if (SettingReader.SaysSomething(data))
            _said.AddOrUpdate(provider, data);
        else
            _said.Remove(provider);
        return data;
    }
}
