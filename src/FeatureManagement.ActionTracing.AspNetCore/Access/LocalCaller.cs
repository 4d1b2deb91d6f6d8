using System.Net;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Somebody at this very machine, as far as that can be told: from loopback, asking for localhost (a foreign site that has its name resolve to loopback asks
/// for its own), and through no proxy that says so.
/// </summary>
internal static class LocalCaller
{
    public static bool Is(HttpContext request) =>
        request.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && request.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" or "::1"
        && !request.Request.Headers.Keys.Any(IsForwarding);

    private static bool IsForwarding(string header) =>
        header.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);
}
