using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using FeatureManagement.ActionTracing.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>Upgraded connections of real clients: they are no actions, wherever <c>UseActionTracing()</c> stands; what is done inside them is.</summary>
public sealed class UpgradedConnectionTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task WebSocket_BeforeOrAfterUseWebSockets_CountsForNothing_AndAnActionInsideItDoes(int version, bool socketsFirst)
    {
        await using Shop shop = await StartAsync(version, socketsFirst);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(version, version == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.SetRequestHeader("X-User", "alice");
        await socket.ConnectAsync(new UriBuilder(shop.Address) { Scheme = "ws" }.Uri, invoker, default);
        Assert.Equal("on", await AskAsync(socket, "flag"));
        AssertNothing(shop);
        Assert.Equal("on", await AskAsync(socket, "action"));
        Assert.Equal((1, 1, 0), (shop.Counts.Exposed.Units, shop.Counts.Exposed.AtRisk, shop.Counts.Exposed.Bad));
        Assert.Equal("on", await AskAsync(socket, "failure"));
        Assert.Equal(new ActionCounts(2, 1, default), shop.Counts.Actions with { Latency = default });
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(2, shop.Counts.Actions.Actions);
    }

    [Fact]
    public async Task Upgrade_ToAnyProtocol_CountsForNothingFromThenOn()
    {
        var asked = new TaskCompletionSource();
        await using Shop shop = await Shop.StartAsync(100, app => app.Run(async context =>
        {
            await Shop.IsOn(context);
            await using Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            asked.SetResult();
            await stream.CopyToAsync(Stream.Null);
        }), kestrel: true);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, shop.Address.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: shop\r\nX-User: alice\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
        await asked.Task;
        AssertNothing(shop);
    }

    [Fact]
    public async Task Upgrade_ThatTheServerDeclines_IsAnOrdinaryRequest()
    {
        await using Shop shop = await Shop.StartAsync(100, app => app.Run(async context => await Shop.IsOn(context)), kestrel: true);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, shop.Address);
        request.Headers.Add("X-User", "alice");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "h2c");
        await client.SendAsync(request);
        Assert.Equal((1, 1), (shop.Counts.Exposed.Units, shop.Counts.Exposed.AtRisk));
    }

    private static Task<Shop> StartAsync(int version, bool socketsFirst) => Shop.StartAsync(
        100,
        app =>
        {
            if (!socketsFirst)
                app.UseWebSockets();
            app.Run(ServeAsync);
        },
        builder => builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = version == 1 ? HttpProtocols.Http1 : HttpProtocols.Http2)),
        outside: app =>
        {
            if (socketsFirst)
                app.UseWebSockets();
        },
        kestrel: true);

    private static async Task ServeAsync(HttpContext context)
    {
        await Shop.IsOn(context);
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        var tracer = context.RequestServices.GetRequiredService<IActionTracer>();
        byte[] buffer = new byte[10];
        while (await socket.ReceiveAsync(buffer, default) is { MessageType: WebSocketMessageType.Text } message)
        {
            string text = Encoding.ASCII.GetString(buffer, 0, message.Count);
            bool on = text == "flag" ? await Shop.IsOn(context) : await RunActionAsync(context, tracer, text == "failure");
            await socket.SendAsync(Encoding.ASCII.GetBytes(on ? "on" : "off"), WebSocketMessageType.Text, true, default);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    private static async Task<bool> RunActionAsync(HttpContext context, IActionTracer tracer, bool fails)
    {
        using TracedAction action = tracer.StartAction("message");
        if (fails)
            action.Fail("broken");
        return await Shop.IsOn(context);
    }

    private static async Task<string> AskAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, default);
        byte[] buffer = new byte[10];
        return Encoding.ASCII.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, default)).Count);
    }

    private static void AssertNothing(Shop shop)
    {
        OutcomeCounts counts = shop.Counts;
        Assert.Equal((new RolloutArm(), new RolloutArm(), default, 0), (counts.Exposed, counts.Control, counts.Actions, counts.OutsideActions));
    }
}
