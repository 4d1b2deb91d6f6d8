using System.Net;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Recognises callers on this machine: from loopback, with a loopback name as the host, not over HTTP/1.0, and without a header by which a proxy names itself or its client.
/// A foreign site whose name resolves to loopback sends its own name as the host.
/// </summary>
internal static class LocalCaller
{
    private static readonly string[] Proxies = ["Via", "CDN-Loop", "X-Coming-From"];

    private static readonly string[] Addresses = ["IP", "IPv4", "IPv6", "Addr", "Address"];

    public static bool Is(HttpContext request) =>
        request.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && request.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1"
        && !HttpProtocol.IsHttp10(request.Request.Protocol) // nginx's default towards the host behind it; no browser speaks it
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
