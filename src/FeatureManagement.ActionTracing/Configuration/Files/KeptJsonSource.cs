using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>
/// A JSON file that keeps its last good content. Derived from the platform's class, because code may search the
/// sources for that class.
/// </summary>
internal sealed class KeptJsonSource : JsonConfigurationSource
{
    private IFileProvider? _files;

    public KeptJsonSource(JsonConfigurationSource source)
    {
        FileProvider = source.FileProvider;
        Path = source.Path!; // what is null there was never set, and may be null here as well
        Optional = source.Optional;
        ReloadOnChange = source.ReloadOnChange;
        ReloadDelay = source.ReloadDelay;
        OnLoadException = source.OnLoadException;
    }

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        // A configuration manager builds its sources again whenever one of them changes.
        _files ??= FileProvider ?? builder.GetFileProvider();
        var files = new KeptFiles(_files, Path ?? "");
        FileProvider = files;
        return new KeptJsonProvider(this, files);
    }
}
