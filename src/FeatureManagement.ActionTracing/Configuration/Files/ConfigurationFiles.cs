using System.IO.Hashing;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>
/// Knows the files behind configuration: what each last said of the section, for a file that vanishes or cannot be parsed leaves its provider empty
/// and makes no noise; and what its content was, for watchers of files may die. Not thread-safe.
/// </summary>
internal sealed class ConfigurationFiles(SettingPlace place)
{
    private const ulong EmptyHash = 2;
    private const string ReloadKey = "hostBuilder:reloadConfigOnChange";

    private readonly ConditionalWeakTable<FileConfigurationProvider, Memory> _memories = [];

    /// <summary>The files that are read only at the start, by the host's or their own setting.</summary>
    public IReadOnlyList<string> NotReloaded()
    {
        bool off = bool.TryParse(place.Configuration?[ReloadKey], out bool reload) && !reload;
        return [.. Files().Where(file => !file.Source.ReloadOnChange && (off || SettingReader.SaysSomething(SettingReader.Data(file), place.Above))).Select(PathOf).Distinct()];
    }

    /// <summary>What a provider is taken to say.</summary>
    public IDictionary<string, string?> DataOf(ConfigurationProvider provider, List<string> faults)
    {
        IDictionary<string, string?> data = SettingReader.Data(provider);
        if (provider is not FileConfigurationProvider file)
            return data;
        Memory memory = _memories.GetOrAdd(file, _ => new Memory());
        if (!ReferenceEquals(memory.Data, data))
        {
            memory.Data = data;
            memory.Hash = file.Source.ReloadOnChange ? HashOf(file) : 0;
            memory.Error = null;
            if (data.Count > 0)
                memory.Said = SettingReader.SaysSomething(data, place.Above) ? data : null;
        }
        bool kept = data.Count == 0 && memory.Said is not null;
        if ((file as KeptJsonProvider)?.Fault is { } fault)
            faults.Add(fault);
        else if (memory.Error is not null)
            faults.Add($"{PathOf(file)} cannot be read: {memory.Error}; what it last said of {SettingReader.SectionName} stands.");
        else if (kept)
            faults.Add($"{PathOf(file)} is missing, empty or cannot be read; what it last said of {SettingReader.SectionName} stands.");
        return kept ? memory.Said! : data;
    }

    /// <summary>The files whose content is no longer what their provider read, or failed to read.</summary>
    public List<FileConfigurationProvider> Changed()
    {
        var changed = new List<FileConfigurationProvider>();
        foreach (FileConfigurationProvider file in Files())
        {
            if (!file.Source.ReloadOnChange || !_memories.TryGetValue(file, out Memory? memory) || HashOf(file) is var hash && hash == memory.Hash)
                continue;
            memory.Hash = hash;
            changed.Add(file);
        }
        return changed;
    }

    /// <summary>Whether a file can be loaded without waiting for ever. Ours see to that themselves.</summary>
    /// <exception cref="FormatException">It is empty, or a named pipe.</exception>
    public static void CheckReadable(FileConfigurationProvider file)
    {
        if (file is not KeptJsonProvider && file.Source.FileProvider?.GetFileInfo(PathOf(file)) is { Exists: true } info && KeptFiles.IsEmpty(info))
            throw new FormatException(KeptFiles.Empty);
    }

    /// <summary>Takes note that a file could not be loaded.</summary>
    public void Failed(FileConfigurationProvider file, Exception exception)
    {
        Memory memory = _memories.GetOrAdd(file, _ => new Memory());
        memory.Data = SettingReader.Data(file);
        memory.Error = KeptJsonProvider.ReasonOf(exception);
    }

    private IEnumerable<FileConfigurationProvider> Files() => SettingReader.Providers(place.Configuration).OfType<FileConfigurationProvider>();

    private static string PathOf(FileConfigurationProvider file) => file.Source.Path ?? "A file";

    private static ulong HashOf(FileConfigurationProvider file)
    {
        try
        {
            if (file.Source.FileProvider?.GetFileInfo(PathOf(file)) is not { Exists: true } info)
                return 0;
            if (KeptFiles.IsEmpty(info))
                return EmptyHash;
            using Stream stream = info.CreateReadStream();
            var hash = new XxHash3();
            hash.Append(stream);
            return hash.GetCurrentHashAsUInt64();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 1;
        }
    }

    private sealed class Memory
    {
        // The dictionaries are the provider's own, which each load replaces whole.
        public IDictionary<string, string?>? Data { get; set; }

        public IDictionary<string, string?>? Said { get; set; }

        public ulong Hash { get; set; }

        public string? Error { get; set; }
    }
}
