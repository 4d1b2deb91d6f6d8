using FeatureManagement.ActionTracing.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;
using Microsoft.FeatureManagement.Mvc;
using Microsoft.FeatureManagement.Mvc.TagHelpers;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;

/// <summary>
/// Gates note themselves where they answer, on or off: their actions count for the sample ratio and, when on, for the thresholds, and compare for nothing.
/// The same interfaces in a handler or a view are not gates.
/// </summary>
public sealed class GateNotingTests
{
    [Theory]
    [InlineData("gates/all")]
    [InlineData("gates/any")]
    [InlineData("gates/not")]
    [InlineData("gates/both")]
    [InlineData("page")]
    [InlineData("endpoint")]
    [InlineData("endpoint/any")]
    [InlineData("endpoint/not")]
    [InlineData("group/endpoint")]
    public Task GateOfAnEndpoint_OnOrOff_ComparesForNothing(string path) => AssertGateAsync(path, _ => { });

    [Fact]
    public Task UseForFeature_OnOrOff_ComparesForNothing() =>
        AssertGateAsync("gates/open", app => app.UseForFeature(Shop.Flag, branch => branch.Use(next => next)));

    [Fact]
    public Task UseMiddlewareForFeature_OnOrOff_ComparesForNothing() =>
        AssertGateAsync("gates/open", app => app.UseMiddlewareForFeature<Passing>(Shop.Flag));

    [Fact]
    public Task AddForFeature_OnOrOff_ComparesForNothing() =>
        AssertGateAsync("gates/open", _ => { }, services => services.AddControllers(mvc => mvc.Filters.AddForFeature<PassingFilter>(Shop.Flag)));

    [Theory]
    [InlineData("gates/all")]
    [InlineData("endpoint")]
    public async Task Gate_WhoseAnswerAMiddlewareReplaces_ComparesForNothing(string path)
    {
        await AssertGateAsync(path, app => app.UseStatusCodePagesWithRedirects("/error/{0}"));
        await AssertGateAsync(path, app => app.UseStatusCodePagesWithReExecute("/friendly"));
        await AssertGateAsync(path, app => app.Use(async (context, next) =>
        {
            await next();
            if (context.Response.StatusCode == StatusCodes.Status404NotFound)
                context.Response.StatusCode = StatusCodes.Status200OK;
        }));
    }

    [Fact]
    public Task Gate_WithAHandlerOfDisabledFeatures_ComparesForNothing() =>
        AssertGateAsync("gates/all", _ => { }, services => services.AddSingleton<IDisabledFeaturesHandler, Redirecting>());

    [Theory]
    [InlineData("gates/asked")]
    [InlineData("asked")]
    [InlineData("asked/variants")]
    [InlineData("tag")]
    public async Task HandlerThatAsksTheSnapshot_IsNoGate(string path)
    {
        foreach (int percentage in (int[])[0, 100])
        {
            await using Shop shop = await StartAsync(percentage, _ => { }, _ => { });
            await shop.GetAsync(path);
            RolloutArm arm = percentage == 100 ? shop.Counts.Exposed : shop.Counts.Control;
            Assert.Equal((1, 1), (arm.Units, arm.AtRisk));
        }
    }

    [Fact]
    public async Task PageWithALink_IsComparable_ThoughThePageBehindTheLinkIsGated()
    {
        await using Shop shop = await StartAsync(50, _ => { }, _ => { });
        const int Users = 60;
        for (int user = 0; user < Users; user++)
        {
            await shop.GetAsync("asked", $"user{user}");
            await shop.GetAsync("endpoint", $"user{user}");
        }
        OutcomeCounts counts = shop.Counts;
        Assert.Equal((counts.Exposed.Units, counts.Control.Units), (counts.Exposed.AtRisk, counts.Control.AtRisk));
        Assert.Equal(Users, counts.Exposed.AtRisk + counts.Control.AtRisk);
        Assert.Equal(2 * counts.Exposed.Units, counts.Actions.Actions);
    }

    private static async Task AssertGateAsync(string path, Action<WebApplication> pipeline, Action<IServiceCollection>? services = null)
    {
        foreach (int percentage in (int[])[0, 100])
        {
            await using Shop shop = await StartAsync(percentage, pipeline, services ?? (_ => { }));
            await shop.GetAsync(path);
            RolloutArm arm = percentage == 100 ? shop.Counts.Exposed : shop.Counts.Control;
            Assert.Equal((1, 0), (arm.Units, arm.AtRisk));
            Assert.Equal(new RolloutArm(), percentage == 100 ? shop.Counts.Control : shop.Counts.Exposed);
            Assert.Equal(percentage == 100 ? 1 : 0, shop.Counts.Actions.Actions);
        }
    }

    private static Task<Shop> StartAsync(int percentage, Action<WebApplication> pipeline, Action<IServiceCollection> services) => Shop.StartAsync(
        percentage,
        app =>
        {
            pipeline(app);
            app.UseRouting();
            app.MapControllers();
            app.MapRazorPages();
            app.MapGet("/endpoint", () => "on").WithFeatureGate(Shop.Flag);
            app.MapGet("/endpoint/any", () => "on").WithFeatureGate(RequirementType.Any, "none", Shop.Flag);
            app.MapGet("/endpoint/not", () => "on").WithFeatureGate(true, Shop.Flag);
            RouteGroupBuilder group = app.MapGroup("/group");
            group.WithFeatureGate(Shop.Flag);
            group.MapGet("/endpoint", () => "on");
            app.MapGet("/asked", async (IFeatureManagerSnapshot features) => await features.IsEnabledAsync(Shop.Flag) ? "link" : "home");
            app.MapGet("/asked/variants", async (IVariantFeatureManagerSnapshot features) => await features.IsEnabledAsync(Shop.Flag) ? "link" : "home");
            app.MapGet("/tag", TagAsync);
            app.MapGet("/error/{status}", (int status) => Results.StatusCode(status));
            app.MapGet("/friendly", () => "nothing here");
        },
        builder =>
        {
            builder.Services.AddControllers().AddApplicationPart(typeof(GatesController).Assembly);
            builder.Services.AddRazorPages().ConfigureApplicationPartManager(parts => parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(GatedPage).Assembly)));
            services(builder.Services);
        },
        kestrel: true);

    private static async Task<string> TagAsync(IFeatureManagerSnapshot features, IVariantFeatureManagerSnapshot variants)
    {
        var tag = new FeatureTagHelper(features, variants) { Name = Shop.Flag };
        var output = new TagHelperOutput("feature", [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        await tag.ProcessAsync(new TagHelperContext([], new Dictionary<object, object>(), "test"), output);
        return "page";
    }

    /// <summary>A middleware that does nothing.</summary>
    private sealed class Passing(RequestDelegate next)
    {
        public Task InvokeAsync(HttpContext context) => next(context);
    }

    private sealed class PassingFilter : IAsyncActionFilter
    {
        public Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next) => next();
    }

    private sealed class Redirecting : IDisabledFeaturesHandler
    {
        public Task HandleDisabledFeatures(IEnumerable<string> features, ActionExecutingContext context)
        {
            context.Result = new Microsoft.AspNetCore.Mvc.RedirectResult("/friendly");
            return Task.CompletedTask;
        }
    }
}
