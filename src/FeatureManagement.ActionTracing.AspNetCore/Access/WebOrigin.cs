using System.Diagnostics.CodeAnalysis;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// The origin of a web page, normalized: lower case, international names in their ASCII form, IPv6 addresses in their short form, the port always there.
/// </summary>
internal sealed record WebOrigin(string Scheme, string Host, int Port)
{
    /// <summary>Reads <c>scheme://host[:port]</c> of http or https, and nothing else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebOrigin? origin)
    {
        origin = null;
        if (text is null || text.EndsWith('/') || text.AsSpan().Trim().Length != text.Length || text.Contains('*', StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0
            || text.AsSpan().IndexOfAny("?#@\\") >= 0)
            return false;
        origin = new WebOrigin(uri.Scheme, uri.IdnHost, uri.Port);
        return true;
    }

    /// <summary>Whether a <c>Host</c> header names this origin. Without a port it names the default port of this origin's scheme: behind a proxy that ends TLS the schemes differ.</summary>
    public bool IsAt(string? host) => TryParse($"{Scheme}://{host}", out WebOrigin? asked) && asked == this;

    public override string ToString() => new UriBuilder(Scheme, Host, Port).Uri.GetLeftPart(UriPartial.Authority);
}
