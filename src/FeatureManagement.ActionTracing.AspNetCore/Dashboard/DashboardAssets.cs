using System.Buffers.Text;
using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>
/// The embedded page and its files. One fingerprint covers all files and is a folder of their address: modules find
/// each other by relative addresses, and no page mixes two versions.
/// </summary>
internal sealed class DashboardAssets
{
    private const string Prefix = "dashboard/";
    private const string PageName = "index.html";

    private readonly FrozenDictionary<string, DashboardAsset> _files;

    public DashboardAssets()
    {
        Assembly assembly = typeof(DashboardAssets).Assembly;
        var contents = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, byte[] content) in contents)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}:{content.Length}:"));
            hash.AppendData(content);
        }
        Version = Base64Url.EncodeToString(hash.GetHashAndReset().AsSpan(0, 9));
        Page = Encoding.UTF8.GetString(contents[PageName])
            .Replace("{modules}", Preloads(contents.Keys), StringComparison.Ordinal)
            .Replace("{version}", Version, StringComparison.Ordinal);
        _files = contents.Where(file => file.Key != PageName).ToFrozenDictionary(
            file => file.Key,
            file => new DashboardAsset(file.Value, TypeOf(file.Key), new EntityTagHeaderValue($"\"{Version}\"")),
            StringComparer.Ordinal);
    }

    /// <summary>Changes with any byte of any file.</summary>
    public string Version { get; }

    /// <summary>The page, with the addresses of this version's files.</summary>
    public string Page { get; }

    public IEnumerable<string> Names => _files.Keys;

    public DashboardAsset? Find(string name) => _files.GetValueOrDefault(name);

    // Loads all modules at once. Through imports alone, a browser loads one level of them at a time.
    private static string Preloads(IEnumerable<string> names) => string.Join("\n  ", names
        .Where(name => name.EndsWith(".js", StringComparison.Ordinal))
        .Select(name => $"<link rel=\"modulepreload\" href=\"assets/{{version}}/{name}\">"));

    private static byte[] Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!; // the assembly lists it
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
