using System.Net;
using System.Net.Sockets;
using System.Text;
using FeatureManagement.ActionTracing.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>Requests that mean nothing to a rollout, over real connections: those that their clients give up, and streams that last until the client disconnects.</summary>
public sealed class GivenUpRequestTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task ClientThatGivesUp_WhileTheServerWorks_CountsForNothing(bool reset, bool serverStops)
    {
        var asked = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        await using Shop shop = await Shop.StartAsync(
            100,
            app =>
            {
                app.MapGet("/slow", async (HttpContext context) =>
                {
                    await Shop.IsOn(context);
                    asked.SetResult();
                    var gone = new TaskCompletionSource();
                    using CancellationTokenRegistration registration = context.RequestAborted.Register(gone.SetResult);
                    await gone.Task;
                    if (serverStops)
                        context.RequestAborted.ThrowIfCancellationRequested();
                });
                app.MapGet("/", async (HttpContext context) => { await Shop.IsOn(context); });
            },
            outside: app => app.Use(EndOf("/slow", over)), kestrel: true);
        using (Socket client = await SendAsync(shop, "GET /slow HTTP/1.1\r\nHost: shop\r\nX-User: alice\r\n\r\n"))
        {
            await asked.Task;
            Assert.Equal(1, shop.Counts.Exposed.Units); // as long as nobody knows
            client.LingerState = new LingerOption(reset, 0);
        }
        await over.Task;
        AssertNothing(shop);

        // The same user, patient this time, counts.
        await shop.GetAsync("/");
        Assert.Equal((1, 1), (shop.Counts.Exposed.Units, shop.Counts.Exposed.AtRisk));
    }

    [Theory]
    [InlineData("reason", 1)]
    [InlineData("exception", 1)]
    [InlineData("nested", 1)]
    [InlineData("stopped", 0)]
    public async Task FailureThatWasReported_BeforeTheClientGaveUp_IsAnError(string reported, int errors)
    {
        var asked = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/slow", async (HttpContext context) =>
            {
                await Shop.IsOn(context);
                Report(context.RequestServices.GetRequiredService<IActionTracer>(), reported);
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }),
            outside: app => app.Use(EndOf("/slow", over)), kestrel: true);
        using (await SendAsync(shop, "GET /slow HTTP/1.1\r\nHost: shop\r\nX-User: alice\r\n\r\n"))
            await asked.Task;
        await over.Task;
        Assert.Equal((errors, errors), (shop.Counts.Exposed.AtRisk, shop.Counts.Exposed.Bad));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientThatGivesUp_InTheMiddleOfItsBody_CountsForNothing(bool reset)
    {
        var asked = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapPost("/upload", async (HttpContext context) =>
            {
                await Shop.IsOn(context);
                asked.SetResult();
                await context.Request.Body.CopyToAsync(Stream.Null);
            }),
            outside: app => app.Use(EndOf("/upload", over)), kestrel: true);
        using (Socket client = await SendAsync(shop, "POST /upload HTTP/1.1\r\nHost: shop\r\nX-User: alice\r\nContent-Length: 1000\r\n\r\nhalf of it"))
        {
            await asked.Task;
            client.LingerState = new LingerOption(reset, 0);
        }
        await over.Task;
        AssertNothing(shop);
    }

    [Fact]
    public async Task EventStream_ReadByFetch_CountsForNothingFromItsFirstByteOn()
    {
        var end = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/events", async (HttpContext context) =>
            {
                await Shop.IsOn(context);
                context.Response.ContentType = "text/event-stream; charset=utf-8";
                await context.Response.WriteAsync("data: 1\n\n");
                await context.Response.Body.FlushAsync();
                await end.Task;
                await Shop.IsOn(context);
            }),
            outside: app => app.Use(EndOf("/events", over)), kestrel: true);
        using HttpResponseMessage response = await shop.GetAsync("/events", headersOnly: true);
        // It is still going on.
        AssertNothing(shop);
        end.SetResult();
        Assert.Equal("data: 1\n\n", await response.Content.ReadAsStringAsync());
        await over.Task;
        AssertNothing(shop);
    }

    [Fact]
    public async Task EventStream_AskedForAsOne_CountsForNothing()
    {
        await using Shop shop = await Shop.StartAsync(100, app => app.MapGet("/events", async (HttpContext context) =>
        {
            await Shop.IsOn(context);
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
        }), kestrel: true);
        await shop.GetAsync("/events", accept: "text/event-stream");
        AssertNothing(shop);
    }

    private static void Report(IActionTracer tracer, string reported)
    {
        using TracedAction nested = tracer.StartAction("payment");
        switch (reported)
        {
            case "reason":
                nested.Dispose();
                tracer.Current!.Value.Fail("refused");
                break;
            case "exception":
                nested.Dispose();
                tracer.Current!.Value.Fail(new TimeoutException());
                break;
            case "nested":
                nested.Fail("refused");
                break;
            default:
                nested.Fail(new OperationCanceledException()); // the client may be the cause
                break;
        }
    }

    private static void AssertNothing(Shop shop)
    {
        OutcomeCounts counts = shop.Counts;
        Assert.Equal((new RolloutArm(), new RolloutArm(), default, 0, 0), (counts.Exposed, counts.Control, counts.Actions, counts.OutsideActions, counts.DefaultKeys));
    }

    /// <summary>Completes when the pipeline is done with a path.</summary>
    private static Func<HttpContext, Func<Task>, Task> EndOf(string path, TaskCompletionSource over) => async (context, next) =>
    {
        try
        {
            await next();
        }
        finally
        {
            if (context.Request.Path == path)
                over.SetResult();
        }
    };

    private static async Task<Socket> SendAsync(Shop shop, string text)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, shop.Address.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(text));
        return client;
    }
}
