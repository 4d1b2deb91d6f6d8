using FeatureManagement.ActionTracing.Configuration.Files;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// Fills <see cref="RawSettings"/> from configuration. Never throws after the first successful reading. Thread-safe.
/// </summary>
internal sealed class SettingSource(SettingPlace place) : IConfigureOptions<RawSettings>
{
    private const int Attempts = 5;

    private readonly Lock _gate = new();
    private readonly ConfigurationFiles _files = new(place);
    private bool _hasRead;
    private long _readings;

    public void Configure(RawSettings options)
    {
        RawSettings raw = Read();
        options.Version = raw.Version;
        options.Section = raw.Section;
        options.Faults = raw.Faults;
        options.HasList = raw.HasList;
        options.ListLength = raw.ListLength;
        options.Outside = raw.Outside;
        options.FileFaults = raw.FileFaults;
        options.IsUnreadable = raw.IsUnreadable;
    }

    /// <summary>The files whose edits take effect only after a restart.</summary>
    public IReadOnlyList<string> NotReloaded() => _files.NotReloaded();

    /// <summary>Loads files that have changed without a notification of their watcher.</summary>
    public void CheckFiles()
    {
        List<FileConfigurationProvider> changed;
        lock (_gate)
            changed = _files.Changed();
        foreach (FileConfigurationProvider file in changed)
        {
            // A file that fails must not stop the check of the others.
            SafeCall.Run(() => Reload(file), exception =>
            {
                lock (_gate)
                    _files.Failed(file, exception);
            });
        }
    }

    public RawSettings Read()
    {
        lock (_gate)
        {
            RawSettings raw = Read_NeedsLock();
            raw.Version = ++_readings;
            return raw;
        }
    }

    // Not under the lock, because it notifies listeners.
    private static void Reload(FileConfigurationProvider file)
    {
        ConfigurationFiles.CheckReadable(file);
        file.Load();
    }

    private RawSettings Read_NeedsLock()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var faults = new List<string>();
                RawSettings raw =
                    SettingReader.Read(place.Configuration, provider => _files.DataOf(provider, faults), place.Above);
                raw.FileFaults = faults;
                _hasRead = true;
                return raw;
            }
            // Another thread changes a provider during the reading, or a provider fails.
            catch (Exception exception) when (attempt == Attempts && _hasRead)
            {
                string reason = KeptJsonProvider.ReasonOf(exception);
                return new RawSettings
                {
                    IsUnreadable = true,
                    FileFaults = [$"Configuration cannot be read: {reason}. The last good configuration stays in force."],
                };
            }
            catch (Exception) when (attempt < Attempts)
            {
            }
        }
    }
}
