using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Files whose watcher never says anything, as on some network mounts.</summary>
internal sealed class UnwatchedFiles(string root) : IFileProvider, IDisposable
{
    private readonly PhysicalFileProvider _files = new(root);

    public IFileInfo GetFileInfo(string subpath) => _files.GetFileInfo(subpath);

    public IDirectoryContents GetDirectoryContents(string subpath) => _files.GetDirectoryContents(subpath);

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    public void Dispose() => _files.Dispose();
}
