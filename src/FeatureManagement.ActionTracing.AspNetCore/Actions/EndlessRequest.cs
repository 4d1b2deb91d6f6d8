using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Recognises requests that last until their client disconnects: upgraded connections, event streams and connections to a hub.</summary>
internal static class EndlessRequest
{
    /// <summary>Whether the request asks for it. Known from the start, wherever <c>UseWebSockets()</c> and routing are in the pipeline.</summary>
    public static bool IsAskedFor(HttpContext context) =>
        AsksForWebSocket(context)
        || context.Request.Headers.Accept.Any(IsEventStream)
        || IsHubConnection(context);

    /// <summary>Whether the answer is one: known when it begins.</summary>
    public static bool IsAnswered(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || IsEventStream(context.Response.ContentType)
        || IsHubConnection(context);

    // Before UseWebSockets() has run, only the server's own features know: HTTP/1.1 upgrades, HTTP/2 and later have extended CONNECT.
    private static bool AsksForWebSocket(HttpContext context) =>
        context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true }
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && context.Request.Headers[HeaderNames.Upgrade].Any(static upgrade => upgrade?.Contains("websocket", StringComparison.OrdinalIgnoreCase) == true);

    // Long polling waits in a GET; what the client sends comes in a POST, and ends.
    private static bool IsHubConnection(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null;

    private static bool IsEventStream(string? type) => type is not null && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
