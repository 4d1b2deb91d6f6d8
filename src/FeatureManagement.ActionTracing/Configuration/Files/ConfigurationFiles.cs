using System.IO.Hashing;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>
/// The files of configuration. Keeps the last good section of each, because a file that disappears or cannot be parsed
/// silently empties its provider. Keeps a hash of the content of each, because file watchers may fail. Not thread-safe.
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
        return [.. Files().Where(file => !file.Source.ReloadOnChange && (off || HasSection(file))).Select(PathOf).Distinct()];
    }

    /// <summary>The settings of a provider, or the last good ones of its file.</summary>
    public IDictionary<string, string?> DataOf(ConfigurationProvider provider, List<string> faults)
    {
        IDictionary<string, string?> data = SettingReader.Data(provider);
        if (provider is not FileConfigurationProvider file)
            return data;
        Memory memory = _memories.GetOrAdd(file, _ => new Memory());
        if (!ReferenceEquals(memory.Data, data))
        {
            memory.Data = data;
            if (file.Source.ReloadOnChange)
                memory.Hash = HashOf(file);
            else
                memory.Hash = 0;
            memory.Error = null;
            if (data.Count > 0)
                memory.Said = SettingReader.SaysSomething(data, place.Above) ? data : null;
        }
        bool kept = data.Count == 0 && memory.Said is not null;
        if ((file as KeptJsonProvider)?.Fault is { } fault)
            faults.Add(fault);
        else if (memory.Error is not null)
            faults.Add($"{PathOf(file)} cannot be read: {memory.Error}; its last good {SettingReader.SectionName} section stays in force.");
        else if (kept)
            faults.Add($"{PathOf(file)} is missing, empty or cannot be read; its last "
                + $"good {SettingReader.SectionName} section stays in force.");
        if (kept)
            return memory.Said!;
        return data;
    }

    /// <summary>The files whose content is no longer what their provider read, or failed to read.</summary>
    public List<FileConfigurationProvider> Changed()
    {
        var changed = new List<FileConfigurationProvider>();
        foreach (FileConfigurationProvider file in Files())
        {
            if (!file.Source.ReloadOnChange
                || !_memories.TryGetValue(file, out Memory? memory)
                || HashOf(file) is var hash && hash == memory.Hash)
                continue;
            memory.Hash = hash;
            changed.Add(file);
        }
        return changed;
    }

    /// <summary>
    /// Checks that a file can be loaded without blocking. <see cref="KeptJsonProvider"/> checks that itself.
    /// </summary>
    /// <exception cref="FormatException">It is empty, or a named pipe.</exception>
    public static void CheckReadable(FileConfigurationProvider file)
    {
        if (file is not KeptJsonProvider
            && file.Source.FileProvider?.GetFileInfo(PathOf(file)) is { Exists: true } info
            && KeptFiles.IsEmpty(info))
            throw new FormatException(KeptFiles.Empty);
    }

    /// <summary>Records that a file could not be loaded.</summary>
    public void Failed(FileConfigurationProvider file, Exception exception)
    {
        Memory memory = _memories.GetOrAdd(file, _ => new Memory());
        memory.Data = SettingReader.Data(file);
        memory.Error = KeptJsonProvider.ReasonOf(exception);
    }

    private IEnumerable<FileConfigurationProvider> Files() =>
        SettingReader.Providers(place.Configuration).OfType<FileConfigurationProvider>();

    private bool HasSection(FileConfigurationProvider file) => SettingReader.SaysSomething(SettingReader.Data(file), place.Above);

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
        // The dictionaries belong to the provider; each load creates a new one.
        public IDictionary<string, string?>? Data { get; set; }

        public IDictionary<string, string?>? Said { get; set; }

        public ulong Hash { get; set; }

        public string? Error { get; set; }
    }
}
