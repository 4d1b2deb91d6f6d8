using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>Ordinary flags of Microsoft.FeatureManagement over HTTP.</summary>
public class FeatureEndpointTests
{
    [Fact]
    public async Task Features_OfTheApplication_AreListedWithoutOurs()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(DashboardTests.FeaturesOfTheApplication);
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                [ { "name": "Beta", "state": "conditional", "requirement": "any", "filters": [ "Microsoft.Percentage", "Microsoft.TimeWindow" ], "variants": [] },
                  { "name": "Legacy", "state": "disabled", "requirement": "any", "filters": [], "variants": [] },
                  { "name": "Notices", "state": "enabled", "requirement": "any", "filters": [], "variants": [] } ]
                """),
            JsonNode.Parse(await client.GetStringAsync("api/features"))), await client.GetStringAsync("api/features"));
    }

    [Fact]
    public async Task Features_WhereThereAreNone_IsAnEmptyList()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.Equal("[]", await client.GetStringAsync("api/features"));
    }
}
