using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;
using Microsoft.FeatureManagement.Mvc.TagHelpers;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;

/// <summary>What ASP.NET Core builds upon flags agrees with the direct call: gates of controllers and endpoints, branches of the pipeline, tags.</summary>
public class GateTests
{
    private static readonly string[] States = ["disabled", "development", "canary", "rollout", "enabled", "emergency_off"];

    [Fact]
    public Task Gates_OfEveryKind_AgreeWithTheDirectCall() =>
        Gen.Select(Gen.Int[0, States.Length - 1].Array[3], Gen.Int[0, 100].Array[3], Gen.Bool, Gen.Int[0, 9].Array[1, 4]).SampleAsync(async (states, percentages, child, users) =>
        {
            var configuration = new Dictionary<string, string?>();
            for (int i = 0; i < states.Length; i++)
            {
                string flag = $"ActionTracing:featureFlags:flag{i}:";
                configuration[flag + "type"] = "percentage";
                configuration[flag + "state"] = States[states[i]];
                configuration[flag + "percentage"] = percentages[i].ToString(System.Globalization.CultureInfo.InvariantCulture);
                if (i == 2 && child)
                    configuration[flag + "parent"] = "flag0";
            }
            await using WebHost host = await StartAsync(configuration);
            foreach (int user in users)
            {
                for (int i = 0; i < states.Length; i++)
                {
                    bool on = host.Services.GetRequiredService<IFeatureFlagManager>().IsEnabled($"flag{i}", new FeatureFlagContext { UserId = $"user{user}" });
                    foreach (string kind in (string[])["mvc", "endpoint", "branch", "tag"])
                        Assert.True(on == (await AskAsync(host, $"/{kind}/flag{i}", $"user{user}") == "on"), $"{kind} of flag{i} ({States[states[i]]}, {percentages[i]} %) for user{user}: not {on}");
                }
            }
        }, iter: 25, threads: 1);

    private static Task<WebHost> StartAsync(Dictionary<string, string?> configuration) => WebHost.StartAsync(
        configuration: configuration,
        services: HeaderUser.Serve,
        map: app =>
        {
            app.MapControllers();
            for (int i = 0; i < 3; i++)
            {
                string flag = $"flag{i}";
                app.MapGet($"/endpoint/{flag}", () => "on").WithFeatureGate(flag);
                app.MapGet($"/tag/{flag}", (IFeatureManagerSnapshot features, IVariantFeatureManagerSnapshot variants) => TagAsync(features, variants, flag));
            }
        },
        pipeline: app =>
        {
            for (int i = 0; i < 3; i++)
            {
                string flag = $"flag{i}";
                app.UseForFeature(flag, branch => branch.Use((context, next) =>
                    context.Request.Path == $"/branch/{flag}" ? context.Response.WriteAsync("on") : next(context)));
            }
        });

    private static async Task<string> TagAsync(IFeatureManagerSnapshot features, IVariantFeatureManagerSnapshot variants, string flag)
    {
        var tag = new FeatureTagHelper(features, variants) { Name = flag };
        var output = new TagHelperOutput("feature", [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        output.Content.SetContent("on");
        await tag.ProcessAsync(new TagHelperContext([], new Dictionary<object, object>(), "test"), output);
        return output.Content.IsEmptyOrWhiteSpace ? "off" : "on";
    }

    private static async Task<string> AskAsync(WebHost host, string path, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-User", user);
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : "off";
    }
}
