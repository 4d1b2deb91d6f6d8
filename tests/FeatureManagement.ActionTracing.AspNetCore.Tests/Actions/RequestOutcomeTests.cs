using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement.AspNetCore;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>What a request counts as in a rollout.</summary>
public sealed class RequestOutcomeTests
{
    private static readonly (long Units, long AtRisk, long Bad) Nothing = (0, 0, 0);
    private static readonly (long Units, long AtRisk, long Bad) SplitOnly = (1, 0, 0);
    private static readonly (long Units, long AtRisk, long Bad) Good = (1, 1, 0);
    private static readonly (long Units, long AtRisk, long Bad) Error = (1, 1, 1);

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public async Task Answer_CountsByItsStatus(int percentage)
    {
        await using Shop shop = await Shop.StartAsync(percentage, app => app.MapGet("/{status}", async (int status, HttpContext context) =>
        {
            await Shop.IsOn(context);
            return Results.StatusCode(status);
        }));
        int users = 0, errors = 0;
        foreach (int status in (int[])[200, 302, 400, 404, 499, 500, 503])
        {
            Assert.Equal(status, (int)(await shop.GetAsync($"/{status}", $"user{users}")).StatusCode);
            users++;
            errors += status >= 500 ? 1 : 0;
            Assert.Equal((users, users, errors), Arm(shop, percentage == 100));
            Assert.Equal(Nothing, Arm(shop, percentage != 100));
        }
    }

    [Fact]
    public async Task Exception_IsAnError()
    {
        await using Shop shop = await Shop.StartAsync(100, MapFailing);
        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.GetAsync("/"));
        Assert.Equal(Error, Arm(shop, exposed: true));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(409, false)]
    public async Task ExceptionHandler_Inside_DecidesByItsAnswer(int status, bool bad)
    {
        await using Shop shop = await Shop.StartAsync(100, app =>
        {
            app.UseExceptionHandler(handler => handler.Run(context =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            }));
            MapFailing(app);
        });
        Assert.Equal(status, (int)(await shop.GetAsync("/")).StatusCode);
        Assert.Equal(bad ? Error : Good, Arm(shop, exposed: true));
        Assert.Equal(1, shop.Counts.Actions.Actions);
    }

    [Fact]
    public async Task ExceptionHandler_OutsideThatGoesThroughThePipelineAgain_CountsOneError()
    {
        await using Shop shop = await Shop.StartAsync(100, app =>
        {
            MapFailing(app);
            app.MapGet("/error", async (HttpContext context) =>
            {
                await Shop.IsOn(context);
                Assert.NotNull(context.Features.Get<IExceptionHandlerFeature>());
            });
        }, outside: app => app.UseExceptionHandler("/error"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await shop.GetAsync("/")).StatusCode);
        Assert.Equal(Error, Arm(shop, exposed: true));
        Assert.Equal((1, 1), (shop.Counts.Actions.Actions, shop.Counts.Actions.Errors));
    }

    [Theory]
    [InlineData("/mvc/gated")]
    [InlineData("/mvc/any")]
    [InlineData("/minimal")]
    public async Task Gate_CountsForTheSampleRatioOnly(string path)
    {
        foreach (int percentage in (int[])[0, 100])
        {
            await using Shop shop = await StartGated(percentage);
            Assert.Equal(percentage == 100 ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await shop.GetAsync(path)).StatusCode);
            Assert.Equal(SplitOnly, Arm(shop, exposed: percentage == 100));
        }
    }

    [Fact]
    public async Task Gate_WithAHandlerOfDisabledFeatures_CountsForTheSplitOnly()
    {
        await using Shop shop = await StartGated(0, services => services.AddSingleton<IDisabledFeaturesHandler, Redirecting>());
        Assert.Equal(HttpStatusCode.Redirect, (await shop.GetAsync("/mvc/gated")).StatusCode);
        Assert.Equal(SplitOnly, Arm(shop, exposed: false));
    }

    [Fact]
    public async Task NotFound_OfAnActionOfItsOwnAccord_IsComparable()
    {
        await using Shop shop = await StartGated(0);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.GetAsync("/mvc/missing")).StatusCode);
        Assert.Equal(Good, Arm(shop, exposed: false));
    }

    [Fact]
    public async Task WebSocket_CountsForNothing()
    {
        await using Shop shop = await Shop.StartAsync(100, app => app.Map("/", async (HttpContext context) =>
        {
            await Shop.IsOn(context);
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }), outside: app => app.UseWebSockets());
        var client = shop.Server.CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers["X-User"] = "alice";
        using WebSocket socket = await client.ConnectAsync(new Uri("ws://localhost/"), default);
        await socket.ReceiveAsync(new byte[10], default);
        Assert.Equal(Nothing, Arm(shop, exposed: true));
        Assert.Equal(0, shop.Counts.OutsideActions);
    }

    [Fact]
    public async Task DisableActionTracing_LeavesTheEndpointOut()
    {
        await using Shop shop = await Shop.StartAsync(100, app => app.MapGet("/", async (HttpContext context) => { await Shop.IsOn(context); }).DisableActionTracing());
        await shop.GetAsync("/");
        Assert.Equal(Nothing, Arm(shop, exposed: true));
    }

    [Fact]
    public void UseActionTracing_WithoutWithActionTracing_SaysWhatIsMissing()
    {
        var app = new ApplicationBuilder(new ServiceCollection().BuildServiceProvider());
        var exception = Assert.Throws<InvalidOperationException>(() => app.UseActionTracing());
        Assert.Equal("UseActionTracing() needs services.AddFeatureManagement().WithActionTracing().", exception.Message);
    }

    private static void MapFailing(WebApplication app) => app.MapGet("/", async (HttpContext context) =>
    {
        await Shop.IsOn(context);
        throw new InvalidOperationException();
    });

    private static Task<Shop> StartGated(int percentage, Action<IServiceCollection>? configure = null) => Shop.StartAsync(
        percentage,
        app =>
        {
            app.MapControllers();
            app.MapGet("/minimal", () => "here").WithFeatureGate(Shop.Flag);
        },
        builder =>
        {
            builder.Services.AddControllers().AddApplicationPart(typeof(GatedController).Assembly);
            configure?.Invoke(builder.Services);
        });

    private static (long Units, long AtRisk, long Bad) Arm(Shop shop, bool exposed)
    {
        RolloutArm arm = exposed ? shop.Counts.Exposed : shop.Counts.Control;
        return (arm.Units, arm.AtRisk, arm.Bad);
    }

    private sealed class Redirecting : IDisabledFeaturesHandler
    {
        public Task HandleDisabledFeatures(IEnumerable<string> features, ActionExecutingContext context)
        {
            context.Result = new RedirectResult("/");
            return Task.CompletedTask;
        }
    }
}
