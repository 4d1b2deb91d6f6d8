using System.Buffers;
using System.IO.Compression;
using FeatureManagement.ActionTracing.AspNetCore.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>What counts the bytes of an answer while a rollout runs changes nothing of the answer: not what middleware outside does with it, nor how it is written.</summary>
public sealed class CountingResponseBodyTests
{
    [Fact]
    public async Task MiddlewareOutside_ThatBuffersTheAnswer_WritesAllOfIt()
    {
        string? before = null;
        string? after = null;
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/", AnswerAsync),
            outside: app => app.Use(async (context, next) =>
            {
                before = FeatureOf(context);
                Stream original = context.Response.Body;
                using var buffer = new MemoryStream();
                context.Response.Body = buffer;
                await next(context);
                context.Response.Body = original;
                after = FeatureOf(context);
                buffer.Position = 0;
                await buffer.CopyToAsync(original);
                context.Response.BodyWriter.Write("tail"u8);
            }),
            kestrel: true);
        Assert.Equal("bodytail", await ReadAsync(shop));
        Assert.Equal(before, after);
        AssertCounted(shop, 1);
    }

    [Fact]
    public async Task MiddlewareOutside_ThatAddsToAFailedAnswer_WritesAllOfIt()
    {
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/", async (HttpContext context) =>
            {
                await Shop.IsOn(context);
                throw new InvalidOperationException("broken");
            }),
            outside: app => app.Use(async (context, next) =>
            {
                Stream original = context.Response.Body;
                context.Response.Body = Stream.Null;
                await Assert.ThrowsAsync<InvalidOperationException>(() => next(context));
                context.Response.Body = original;
                context.Response.BodyWriter.Write("sorry"u8);
            }),
            kestrel: true);
        Assert.Equal("sorry", await ReadAsync(shop));
        Assert.Equal(1, shop.Counts.Exposed.Bad);
    }

    [Fact]
    public async Task ResponseCompressionOutside_CompressesAllOfTheAnswer()
    {
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/", AnswerAsync),
            builder => builder.Services.AddResponseCompression(options => options.Providers.Add<GzipCompressionProvider>()),
            app => app.UseResponseCompression(),
            kestrel: true);
        using var client = new HttpClient { BaseAddress = shop.Address };
        client.DefaultRequestHeaders.Add("X-User", "alice");
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        using HttpResponseMessage response = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        using var text = new StreamReader(new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        Assert.Equal("body", await text.ReadToEndAsync());
        AssertCounted(shop, 1);
    }

    [Fact]
    public async Task OutputCachingOutside_AnswersTheSameTwice()
    {
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/", AnswerAsync),
            builder => builder.Services.AddOutputCache(options => options.AddBasePolicy(policy => policy.Cache())),
            app => app.UseOutputCache(),
            kestrel: true);
        Assert.Equal("body", await ReadAsync(shop));
        Assert.Equal("body", await ReadAsync(shop));
        AssertCounted(shop, 1); // the second came from the cache
    }

    [Theory]
    [InlineData("BeginWrite")]
    [InlineData("Write")]
    [InlineData("Write of a span")]
    [InlineData("WriteAsync")]
    [InlineData("StreamWriter")]
    public async Task EveryWayOfWriting_Answers(string way)
    {
        await using Shop shop = await Shop.StartAsync(
            100,
            app => app.MapGet("/", async (HttpContext context) =>
            {
                await Shop.IsOn(context);
                context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = way.StartsWith("Write of", StringComparison.Ordinal) || way == "Write";
                await WriteAsync(context.Response.Body, way);
            }),
            kestrel: true);
        Assert.Equal("body", await ReadAsync(shop));
        AssertCounted(shop, 1);
    }

    [Fact]
    public void Bytes_ThatAreTakenAtOnce_AreCountedWithoutAllocation()
    {
        var body = new CountingResponseBody(new StreamResponseBodyFeature(Stream.Null), new DefaultHttpContext());
        byte[] bytes = new byte[100];
        Assert.True(IsTaken());
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isTaken = true;
        for (int i = 0; i < 1_000; i++)
            isTaken &= IsTaken();
        Assert.Equal((true, 0), (isTaken, GC.GetAllocatedBytesForCurrentThread() - before));

        bool IsTaken()
        {
            body.Stream.Write(bytes);
            body.Stream.Write(bytes, 0, bytes.Length);
#pragma warning disable CA2012 // an async method would allocate itself; each is asked once
            return body.Stream.WriteAsync(bytes).IsCompletedSuccessfully && body.Writer.WriteAsync(bytes).IsCompletedSuccessfully;
#pragma warning restore CA2012
        }
    }

    private static async Task WriteAsync(Stream body, string way)
    {
        byte[] bytes = "body"u8.ToArray();
        switch (way)
        {
            case "BeginWrite":
                await Task.Factory.FromAsync(body.BeginWrite, body.EndWrite, bytes, 0, bytes.Length, null);
                break;
            case "Write":
                body.Write(bytes, 0, bytes.Length);
                break;
            case "Write of a span":
                body.Write(bytes.AsSpan());
                break;
            case "WriteAsync":
                await body.WriteAsync(bytes);
                break;
            default:
                await using (var writer = new StreamWriter(body, leaveOpen: true))
                    await writer.WriteAsync("body");
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await Shop.IsOn(context);
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync("body");
    }

    private static string? FeatureOf(HttpContext context) => context.Features.Get<IHttpResponseBodyFeature>()?.GetType().FullName;

    private static async Task<string> ReadAsync(Shop shop)
    {
        using HttpResponseMessage response = await shop.GetAsync("/");
        return await response.Content.ReadAsStringAsync();
    }

    private static void AssertCounted(Shop shop, int atRisk)
    {
        Eventually.True(() => shop.Counts.Actions.Actions == atRisk, () => $"{shop.Counts.Actions}");
        Assert.Equal((1, 0), (shop.Counts.Exposed.AtRisk, shop.Counts.Exposed.Bad));
    }
}
