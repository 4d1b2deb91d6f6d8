using System.Net;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// A caller at this very machine, as far as that can be told: from loopback, asking for localhost (a foreign site that has its name resolve to loopback asks
/// for its own), and without a header by which a proxy names itself or its client.
/// </summary>
internal static class LocalCaller
{
    private static readonly string[] Proxies = ["Via", "CDN-Loop", "X-Coming-From"];

    private static readonly string[] Addresses = ["IP", "IPv4", "IPv6", "Addr", "Address"];

    public static bool Is(HttpContext request) =>
        request.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && request.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1"
        && !request.Request.Headers.Keys.Any(IsForwarding);

    /// <summary>Whether a header comes from a proxy. By the form of its name: proxies invent such headers, and one that no list knows must close the exception too.</summary>
    internal static bool IsForwarding(string header) =>
        header.Contains("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original", StringComparison.OrdinalIgnoreCase)
        || Proxies.Contains(header, StringComparer.OrdinalIgnoreCase)
        || header.Split('-', '_').Any(NamesAnAddress);

    // CF-Connecting-IP, True-Client-IP, X-Azure-ClientIP, X-Envoy-External-Address, CloudFront-Viewer-Address, X-Remote-Addr.
    private static bool NamesAnAddress(string word) => Addresses.Any(ending => word.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
