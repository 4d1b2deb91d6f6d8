using System.Net;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Recognises callers on this machine: loopback address, loopback host name, not HTTP/1.0, and no header of a proxy. A
/// foreign site whose name resolves to loopback sends its own name as the host.
/// </summary>
internal static class LocalCaller
{
    private static readonly string[] Proxies = ["Via", "CDN-Loop", "X-Coming-From"];

    private static readonly string[] Addresses = ["IP", "IPv4", "IPv6", "Addr", "Address"];

    public static bool Is(HttpContext request) =>
        request.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && request.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1"
        && !HttpProtocol.IsHttp10(request.Request.Protocol) // the default of nginx to its upstream; no browser uses it
        && !request.Request.Headers.Keys.Any(IsForwarding);

    /// <summary>
    /// Whether a header comes from a proxy, judged by the form of its name: a header of an unknown proxy must deny as
    /// well.
    /// </summary>
    internal static bool IsForwarding(string header) =>
        header.Contains("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original", StringComparison.OrdinalIgnoreCase)
        || Proxies.Contains(header, StringComparer.OrdinalIgnoreCase)
        || header.Split('-', '_').Any(NamesAnAddress);

    // CF-Connecting-IP, True-Client-IP, X-Azure-ClientIP, X-Envoy-External-Address, CloudFront-Viewer-Address,
    // X-Remote-Addr.
    private static bool NamesAnAddress(string word) =>
        Addresses.Any(ending => word.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
