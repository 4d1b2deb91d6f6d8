using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

/// <summary>A client that closes the connection has given up only where it has not had all of its answer.</summary>
public sealed class CompleteResponseTests
{
    private const int Requests = 600;

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [NginxFact]
    public async Task Nginx_WithItsDefaults_ThatClosesAfterEachAnswer_HasGivenUpNone()
    {
        await using Shop shop = await Shop.StartAsync(
            50,
            app => app.MapGet("/", async (HttpContext context) =>
            {
                bool on = await Shop.IsOn(context);
                await AnswerAsync(context, "writer");
                if (on)
                    await GoneAsync(context, "writer", Task.CompletedTask);
            }),
            kestrel: true);
        await using Nginx nginx = await Nginx.StartAsync(shop.Address);
        using var client = new HttpClient { BaseAddress = nginx.Address };
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (user, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("X-User", $"user{user}");
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
            Assert.Equal("hello", await response.Content.ReadAsStringAsync(cancellationToken));
        });
        Eventually.True(() => shop.Counts.Exposed.AtRisk + shop.Counts.Control.AtRisk == Requests, () => $"{shop.Counts.Exposed.AtRisk} + {shop.Counts.Control.AtRisk}");
        Assert.InRange(shop.Counts.Exposed.Units, 240, 360);
        Assert.Equal((0, 0), (shop.Counts.Exposed.Bad, shop.Counts.Control.Bad));
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("BeginWrite")]
    [InlineData("writer")]
    [InlineData("completed")]
    [InlineData("file")]
    [InlineData("no content")]
    [InlineData("HEAD")]
    public async Task Client_ThatClosesWithItsWholeAnswer_Counts(string answer)
    {
        await using Shop shop = await StartAsync(answer, () => null);
        await AskAsync(shop, answer == "HEAD" ? "HEAD" : "GET", EndOf(answer));
        Eventually.True(() => shop.Counts.Exposed.AtRisk == 1, () => $"{shop.Counts.Exposed}");
        Assert.Equal(0, shop.Counts.Exposed.Bad);
    }

    [Fact]
    public async Task Exception_AfterAWholeAnswer_IsAnError()
    {
        await using Shop shop = await StartAsync("writer", () => new InvalidOperationException("broken"));
        await AskAsync(shop, "GET", "hello");
        Eventually.True(() => shop.Counts.Exposed.Bad == 1, () => $"{shop.Counts.Exposed}");
    }

    [Fact]
    public async Task WorkThatStopsBecauseTheClientIsGone_AfterAWholeAnswer_IsNoError()
    {
        await using Shop shop = await StartAsync("writer", () => new OperationCanceledException());
        await AskAsync(shop, "GET", "hello");
        Eventually.True(() => shop.Counts.Exposed.AtRisk == 1, () => $"{shop.Counts.Exposed}");
        Assert.Equal(0, shop.Counts.Exposed.Bad);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public async Task Client_ThatGivesUpHalfAnAnswer_IsSlowAfterTheThreshold_AndIgnoredBefore(int percentage)
    {
        await using Shop shop = await StartAsync("half", () => null, percentage);
        await AskAsync(shop, "GET", "hello"); // there is no threshold yet
        Eventually.True(() => shop.Ended == 1, () => "the request did not end");
        Assert.Equal(new RolloutArm(), Arm(shop, percentage));

        shop.SetSlowThreshold(TimeSpan.FromHours(1));
        await AskAsync(shop, "GET", "hello");
        Eventually.True(() => shop.Ended == 2, () => "the request did not end");
        Assert.Equal(new RolloutArm(), Arm(shop, percentage));

        shop.SetSlowThreshold(TimeSpan.FromTicks(1));
        await AskAsync(shop, "GET", "hello");
        Eventually.True(() => shop.Ended == 3, () => "the request did not end");
        RolloutArm arm = Arm(shop, percentage);
        Assert.Equal((1, 1, 0), (arm.SlowAtRisk, arm.Slow, arm.Bad));
    }

    private static RolloutArm Arm(Shop shop, int percentage) => percentage == 100 ? shop.Counts.Exposed : shop.Counts.Control;

    private Task<Shop> StartAsync(string answer, Func<Exception?> then, int percentage = 100) => Shop.StartAsync(
        percentage,
        app => app.Run(async context =>
        {
            await Shop.IsOn(context);
            await AnswerAsync(context, answer);
            await GoneAsync(context, answer, _closed.Task);
            if (then() is { } exception)
                throw exception;
        }),
        kestrel: true);

    private static string? EndOf(string answer) => answer switch
    {
        "file" => null,
        "HEAD" or "no content" => "\r\n\r\n",
        "completed" => "0\r\n\r\n", // without a length the last chunk ends it
        _ => "hello",
    };

    private static async Task AnswerAsync(HttpContext context, string answer)
    {
        byte[] hello = "hello"u8.ToArray();
        HttpResponse response = context.Response;
        response.ContentLength = answer switch { "completed" or "no content" => null, "half" => 10, "file" => new FileInfo(typeof(Shop).Assembly.Location).Length, _ => 5 };
        switch (answer)
        {
            case "writer":
                hello.CopyTo(response.BodyWriter.GetMemory(5));
                response.BodyWriter.Advance(5);
                await response.BodyWriter.FlushAsync();
                break;
            case "BeginWrite":
                await Task.Factory.FromAsync(response.Body.BeginWrite, response.Body.EndWrite, hello, 0, hello.Length, null);
                break;
            case "completed":
                await response.Body.WriteAsync(hello);
                await response.CompleteAsync();
                break;
            case "file":
                await response.SendFileAsync(typeof(Shop).Assembly.Location);
                break;
            case "no content":
                response.StatusCode = StatusCodes.Status204NoContent;
                await response.Body.FlushAsync();
                break;
            case "HEAD":
                await response.Body.FlushAsync();
                break;
            default:
                await response.Body.WriteAsync(hello);
                await response.Body.FlushAsync();
                break;
        }
    }

    /// <summary>Waits until the client has closed the connection. Kestrel says so by itself only where it cannot know that an answer was whole.</summary>
    private static async Task GoneAsync(HttpContext context, string answer, Task closed)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = context.RequestAborted.Register(gone.SetResult);
        await (answer is "writer" or "half" ? gone.Task : closed).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Asks, and closes the connection as soon as the answer ends so, or has the length that it names.</summary>
    private async Task AskAsync(Shop shop, string method, string? end)
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(shop.Address.Host, shop.Address.Port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} / HTTP/1.1\r\nHost: shop\r\nX-User: alice\r\n\r\n"));
            byte[] buffer = new byte[1 << 16];
            var answer = new StringBuilder();
            while (!IsAll(answer.ToString(), end) && await stream.ReadAsync(buffer) is > 0 and int read)
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        _closed.TrySetResult();
    }

    private static bool IsAll(string answer, string? end)
    {
        if (end is not null)
            return answer.Contains(end, StringComparison.Ordinal);
        int body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return body >= 4 && answer.Length - body >= new FileInfo(typeof(Shop).Assembly.Location).Length;
    }
}
