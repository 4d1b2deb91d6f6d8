using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>
/// Recognises requests that last until their client disconnects: upgraded connections, event streams and hub
/// connections.
/// </summary>
internal static class EndlessRequest
{
    /// <summary>
    /// Whether the client requests one. Known from the start, in any order of <c>UseWebSockets()</c> and routing.
    /// </summary>
    public static bool IsRequested(HttpContext context) =>
        AsksForWebSocket(context)
        || context.Request.Headers.Accept.Any(IsEventStream)
        || IsHubConnection(context);

    /// <summary>Whether the response is one. Known when the response starts.</summary>
    public static bool IsResponse(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || IsEventStream(context.Response.ContentType)
        || IsHubConnection(context);

    // Before UseWebSockets() only the server's features know: HTTP/1.1 upgrades, HTTP/2 and later use extended CONNECT.
    private static bool AsksForWebSocket(HttpContext context) =>
        context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true }
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && context.Request.Headers[HeaderNames.Upgrade].Any(IsWebSocket);

    private static bool IsWebSocket(string? upgrade) => upgrade?.Contains("websocket", StringComparison.OrdinalIgnoreCase) == true;

    // Long polling waits in a GET; a message of the client is a POST that ends.
    private static bool IsHubConnection(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null;

    private static bool IsEventStream(string? type) =>
        type?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;
}
