using System.Threading.Channels;
using FeatureManagement.ActionTracing.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>Calls of a real SignalR client: each is an action, though the connection that they come through is none.</summary>
public sealed class HubActionTests
{
    private const int Users = 24;

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Calls_ThatThrowWhenExposed_AreErrorsOfThatArm(HttpTransportType transport)
    {
        await using Shop shop = await StartAsync(50);
        int failed = 0;
        for (int user = 0; user < Users; user++)
        {
            await using HubConnection connection = await ConnectAsync(shop, $"user{user}", transport);
            try
            {
                await connection.InvokeAsync<bool>(nameof(ShopHub.Buy));
            }
            catch (HubException)
            {
                failed++;
            }
        }
        Assert.InRange(failed, 1, Users - 1);
        Eventually.True(() => shop.Counts.Exposed.AtRisk + shop.Counts.Control.AtRisk == Users, () => $"{shop.Counts.Exposed} {shop.Counts.Control}");
        OutcomeCounts counts = shop.Counts;
        Assert.Equal((failed, failed, Users - failed, 0), (counts.Exposed.AtRisk, counts.Exposed.Bad, counts.Control.AtRisk, counts.Control.Bad));
        Assert.Equal(0, counts.OutsideActions);
    }

    [Fact]
    public async Task TwoCallsAtOnce_OnOneConnection_AreTwoActions()
    {
        await using Shop shop = await StartAsync(100, calls: 2);
        await using HubConnection connection = await ConnectAsync(shop, "alice");
        Task<bool> good = connection.InvokeAsync<bool>(nameof(ShopHub.BuyTogether), "alice", false);
        await Assert.ThrowsAsync<HubException>(() => connection.InvokeAsync<bool>(nameof(ShopHub.BuyTogether), "bob", true));
        Assert.True(await good);
        Eventually.True(() => shop.Counts.Actions.Actions == 2, () => $"{shop.Counts.Actions}");
        Assert.Equal((2, 1), (shop.Counts.Exposed.AtRisk, shop.Counts.Exposed.Bad));
    }

    [Fact]
    public async Task Streams_InEitherDirection_AreNoActions()
    {
        await using Shop shop = await StartAsync(100);
        await using HubConnection connection = await ConnectAsync(shop, "alice");
        using var end = new CancellationTokenSource();
        await using IAsyncEnumerator<bool> watched = connection.StreamAsync<bool>(nameof(ShopHub.Watch), end.Token).GetAsyncEnumerator();
        Assert.True(await watched.MoveNextAsync() && watched.Current);
        var numbers = Channel.CreateUnbounded<int>();
        Task<int> sum = connection.InvokeAsync<int>(nameof(ShopHub.Upload), numbers.Reader);
        await numbers.Writer.WriteAsync(42);
        numbers.Writer.Complete();
        Assert.Equal(42, await sum);
        Assert.Equal((new RolloutArm(), 0), (shop.Counts.Exposed, shop.Counts.OutsideActions));
        await end.CancelAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disconnect_DuringACall_IsNoError_ButSlowAfterTheThreshold(bool slow)
    {
        await using Shop shop = await StartAsync(100);
        shop.SetSlowThreshold(slow ? TimeSpan.FromTicks(1) : TimeSpan.FromHours(1));
        await using (HubConnection connection = await ConnectAsync(shop, "alice"))
        {
            _ = connection.SendAsync(nameof(ShopHub.Wait));
            await shop.Get<ShopHub.Signals>().Met;
        }
        await shop.Get<ShopHub.Signals>().Ended;
        Eventually.True(() => shop.Counts.Exposed.Units == (slow ? 1 : 0), () => $"{shop.Counts.Exposed}");
        Eventually.True(() => shop.Counts.Exposed.Slow == (slow ? 1 : 0), () => $"{shop.Counts.Exposed}");
        Assert.Equal(0, shop.Counts.Exposed.Bad);
    }

    private static Task<Shop> StartAsync(int percentage, int calls = 1) => Shop.StartAsync(
        percentage,
        app => app.MapHub<ShopHub>("/hub"),
        builder =>
        {
            builder.Services.AddSingleton(new ShopHub.Signals(calls));
            builder.Services.AddSignalR(options => options.MaximumParallelInvocationsPerClient = 2).AddActionTracing();
        },
        kestrel: true);

    private static async Task<HubConnection> ConnectAsync(Shop shop, string user, HttpTransportType transport = HttpTransportType.WebSockets)
    {
        HubConnection connection = new HubConnectionBuilder()
            .WithUrl(new Uri(shop.Address, "/hub"), transport, options => options.Headers["X-User"] = user)
            .Build();
        await connection.StartAsync();
        return connection;
    }
}
