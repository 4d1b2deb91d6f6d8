using System.Net;
using System.Net.Http.Headers;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Api;

/// <summary>A client that sends the ETag of its list always has the list that the server has. Through a real server.</summary>
public sealed class FlagListTests
{
    private static readonly Uri FlagsPath = new("api/flags", UriKind.Relative);
    private static readonly string[] Flags = ["recommendations", "checkout"];

    [Fact]
    public async Task List_ThatDidNotChange_IsNotSentAgain()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage first = await client.GetAsync(FlagsPath);
        EntityTagHeaderValue tag = first.Headers.ETag!;

        using HttpResponseMessage second = await AskAsync(client, tag);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(tag, second.Headers.ETag);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task List_OfAClientWithATag_IsTheServersAfterAnyChange(int seed)
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        var random = new Random(seed);
        var list = new KnownList(client);
        for (int i = 0; i < 60; i++)
        {
            await ChangeAsync(host, random, i);
            await list.AskAsync();
            // A safety check may move the progress of a rollout between two answers, but not many times.
            for (int again = 0; again < 5 && await client.GetStringAsync(FlagsPath) != list.Text; again++)
                await list.AskAsync();
            Assert.Equal(await client.GetStringAsync(FlagsPath), list.Text);
        }
        Assert.InRange(list.Sent, 10, 59); // some changes change nothing
    }

    private static async Task ChangeAsync(DashboardHost host, Random random, int number)
    {
        IFeatureFlagManager flags = host.Get<IFeatureFlagManager>();
        IRolloutManager rollouts = host.Get<IRolloutManager>();
        string flag = Flags[random.Next(Flags.Length)];
        var change = new FlagChange("ann", $"change {number}");
        try
        {
            switch (random.Next(8))
            {
                case 0:
                    await flags.UpdateFlagAsync(flag, new FlagUpdate { Whitelist = [$"user-{random.Next(3)}"] }, change);
                    break;
                case 1:
                    await flags.EmergencyShutdownAsync(flag, change);
                    break;
                case 2:
                    await flags.ClearEmergencyAsync(flag, change);
                    break;
                case 3:
                    await flags.ResetFlagAsync(flag, change);
                    break;
                case 4:
                    await rollouts.StartAsync(flag, change);
                    break;
                case 5:
                    await rollouts.PauseAsync(flag, change);
                    break;
                case 6:
                    await rollouts.RollBackAsync(flag, change);
                    break;
                default:
                    break; // nothing changes
            }
        }
        catch (FlagChangeException)
        {
            // Not every change is possible in every state: it changes nothing.
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, FlagsPath);
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(tag);
        return await client.SendAsync(request);
    }

    private sealed class KnownList(HttpClient client)
    {
        private EntityTagHeaderValue? _tag;

        public string Text { get; private set; } = "";

        public int Sent { get; private set; }

        public async Task AskAsync()
        {
            using HttpResponseMessage answer = await FlagListTests.AskAsync(client, _tag);
            if (answer.StatusCode == HttpStatusCode.NotModified)
                return;
            Text = await answer.Content.ReadAsStringAsync();
            _tag = answer.Headers.ETag;
            Sent++;
        }
    }
}
