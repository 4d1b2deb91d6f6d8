using System.Diagnostics.CodeAnalysis;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// The normalized origin of a web page: lower case, international names in ASCII, IPv6 addresses in short form, always
/// with a port.
/// </summary>
internal sealed record WebOrigin(string Scheme, string Host, int Port)
{
    /// <summary>
    /// Reads <c>scheme://host[:port]</c> of http or https, and nothing else; null where the text is not an origin.
    /// </summary>
    public static WebOrigin? Parse(string? text)
    {
        if (text is null || text.EndsWith('/') || text.AsSpan().Trim().Length != text.Length
            || text.Contains('*', StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0 || uri.PathAndQuery != "/"
            || text.AsSpan().IndexOfAny("?#@\\") >= 0)
            return null;
        return new WebOrigin(uri.Scheme, uri.IdnHost, uri.Port);
    }

    /// <summary>Reads an origin as <see cref="Parse"/> does.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebOrigin? origin)
    {
        origin = Parse(text);
        return origin is not null;
    }

    /// <summary>
    /// Whether a <c>Host</c> header names this origin. Without a port it names the default port of this origin's
    /// scheme: behind a proxy that terminates TLS, the schemes differ.
    /// </summary>
    public bool IsAt(string? host) => TryParse($"{Scheme}://{host}", out WebOrigin? asked) && asked == this;

    public override string ToString() => new UriBuilder(Scheme, Host, Port).Uri.GetLeftPart(UriPartial.Authority);
}
