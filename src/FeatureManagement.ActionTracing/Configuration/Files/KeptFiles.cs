using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Primitives;

namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>
/// The files of one source. A file that was read once is never missing, only unreadable. A file of a Kubernetes
/// ConfigMap changes by the swap of the link <c>..data</c>, so the link is watched too.
/// </summary>
internal sealed class KeptFiles : IFileProvider, IDisposable
{
    /// <summary>The fault of a file without content.</summary>
    public const string Empty = "it is empty, or no regular file";

    private const string ConfigMapLink = "..data";

    private readonly IFileProvider _files;
    private readonly PhysicalFileProvider? _configMap;

    public KeptFiles(IFileProvider files, string path)
    {
        _files = files;
        // The watcher of .NET ignores names with a leading dot. A second watcher costs a system resource, so it exists
        // only where there is such a link.
        if (Path.GetDirectoryName(files.GetFileInfo(path).PhysicalPath) is { } directory
            && Directory.Exists(Path.Combine(directory, ConfigMapLink)))
            _configMap = new PhysicalFileProvider(directory, ExclusionFilters.None);
    }

    /// <summary>Whether a file that is gone is to be opened as an <see cref="UnreadableFile"/>.</summary>
    public bool KeepsMissing { get; set; }

    public IFileInfo GetFileInfo(string subpath) => new KeptFile(_files.GetFileInfo(subpath), KeepsMissing);

    public IDirectoryContents GetDirectoryContents(string subpath) => _files.GetDirectoryContents(subpath);

    public IChangeToken Watch(string filter)
    {
        if (_configMap is null)
            return _files.Watch(filter);
        return new CompositeChangeToken([_files.Watch(filter), _configMap.Watch(ConfigMapLink)]);
    }

    public void Dispose() => _configMap?.Dispose();

    /// <summary>
    /// Whether a file has no content, as a named pipe has none. Opening one would wait for a writer, perhaps for ever.
    /// </summary>
    public static bool IsEmpty(IFileInfo file)
    {
        if (file.PhysicalPath is not { } path)
            return file.Length == 0;
        // For a link, the platform returns the length of the link itself.
        FileSystemInfo info = new FileInfo(path);
        if (info.LinkTarget is not null)
            info = info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
        return info is FileInfo { Exists: true, Length: 0 };
    }

    private sealed class KeptFile(IFileInfo file, bool keeps) : IFileInfo
    {
        public bool Exists => keeps || file.Exists;

        public bool IsDirectory => file.IsDirectory;

        public DateTimeOffset LastModified => file.LastModified;

        public long Length => IsEmpty(file) ? 0 : file.Length;

        public string Name => file.Name;

        // Null, so that the file is opened here.
        public string? PhysicalPath => null;

        public Stream CreateReadStream()
        {
            if (keeps && !file.Exists)
                return new UnreadableFile("it does not exist any more");
            if (keeps && IsEmpty(file))
                return new UnreadableFile(Empty);
            try
            {
                return file.CreateReadStream();
            }
            catch (Exception exception) when (keeps && exception is IOException or UnauthorizedAccessException)
            {
                return new UnreadableFile(KeptJsonProvider.ReasonOf(exception));
            }
        }
    }
}
