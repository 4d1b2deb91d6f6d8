using System.Net;
using FeatureManagement.ActionTracing.Actions;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Grpc;

/// <summary>What calls of a real gRPC client count as in a rollout: their HTTP status is 200 also after a failure.</summary>
public sealed class GrpcOutcomeTests
{
    // The codes that OpenTelemetry counts as errors of a server.
    private static readonly int[] Errors = [2, 4, 12, 13, 14, 15];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_IsReadFromTrailersAndFromAnswersOfTrailersAlone(bool answerBegins)
    {
        await using Shop shop = await StartAsync(100, HttpProtocols.Http2);
        using GrpcChannel channel = GrpcChannel.ForAddress(shop.Address);
        var client = new Checkout.CheckoutClient(channel);
        int users = 0, errors = 0;
        foreach (int status in (int[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, -1])
        {
            Assert.Equal(status < 0 ? 2 : status, await PayAsync(client, $"user{users++}", status, answerBegins));
            errors += status < 0 || Errors.Contains(status) ? 1 : 0;
            Eventually.True(() => shop.Counts.Exposed.AtRisk == users, () => $"{shop.Counts}");
            Assert.Equal((users, errors), (shop.Counts.Exposed.Units, shop.Counts.Exposed.Bad));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GrpcWeb_WhoseTrailersAreInTheBody_IsReadAsWell(bool answerBegins)
    {
        await using Shop shop = await StartAsync(100, HttpProtocols.Http1);
        using GrpcChannel channel = GrpcChannel.ForAddress(shop.Address, new GrpcChannelOptions { HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new HttpClientHandler()), HttpVersion = HttpVersion.Version11 });
        var client = new Checkout.CheckoutClient(channel);
        Assert.Equal(13, await PayAsync(client, "alice", 13, answerBegins));
        Assert.Equal(0, await PayAsync(client, "bob", 0, answerBegins));
        Eventually.True(() => shop.Counts.Exposed.AtRisk == 2, () => $"{shop.Counts}");
        Assert.Equal(1, shop.Counts.Exposed.Bad);
    }

    [Fact]
    public async Task ServiceThatFailsWhenExposed_FailsInThatArmAlone()
    {
        await using Shop shop = await StartAsync(50, HttpProtocols.Http2);
        using GrpcChannel channel = GrpcChannel.ForAddress(shop.Address);
        var client = new Checkout.CheckoutClient(channel);
        int failed = 0;
        for (int user = 0; user < 64; user++)
            failed += await PayAsync(client, $"user{user}", 13, false) == 13 ? 1 : 0;
        Eventually.True(() => shop.Counts.Exposed.AtRisk + shop.Counts.Control.AtRisk == 64, () => $"{shop.Counts}");
        OutcomeCounts counts = shop.Counts;
        Assert.InRange(failed, 1, 63);
        Assert.Equal((failed, failed, 64 - failed, 0), (counts.Exposed.AtRisk, counts.Exposed.Bad, counts.Control.AtRisk, counts.Control.Bad));
    }

    private static Task<Shop> StartAsync(int percentage, HttpProtocols protocols) => Shop.StartAsync(
        percentage,
        app =>
        {
            app.UseRouting();
            app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
            app.MapGrpcService<CheckoutService>();
        },
        builder =>
        {
            builder.Services.AddGrpc();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        },
        kestrel: true);

    private static async Task<int> PayAsync(Checkout.CheckoutClient client, string user, int status, bool answerBegins)
    {
        try
        {
            await client.PayAsync(new PayRequest { Status = status, AnswerBegins = answerBegins }, new Metadata { { "X-User", user } });
            return 0;
        }
        catch (RpcException exception)
        {
            return (int)exception.StatusCode;
        }
    }
}
