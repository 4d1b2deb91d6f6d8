using System.Globalization;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Grpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Rollouts;

/// <summary>
/// Five rollouts at once in one application under load: the healthy ones complete, the others are rolled back. <c>ROLLOUT_RUNS</c> says how often this is
/// repeated; three times where it is not set.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class FiveRolloutsTests
{
    private const int WorkersOfAPage = 4;

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public static TheoryData<int> Runs { get; } =
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("ROLLOUT_RUNS") ?? "3", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task HealthyRollouts_Complete_AndTheOthersAreRolledBack(int run)
    {
        await using FiveRollouts five = await FiveRollouts.StartAsync();
        using var http = new HttpClient { BaseAddress = five.Http1 };
        using GrpcChannel channel = GrpcChannel.ForAddress(five.Http2);
        var grpc = new Checkout.CheckoutClient(channel);
        using var bound = new CancellationTokenSource(Bound);
        int users = 0;
        await Task.WhenAll(
            LoadAsync(FiveRollouts.Gated, user => GetAsync(http, "gated", user)),
            LoadAsync(FiveRollouts.Linked, user => GetLinkedAsync(http, user)),
            LoadAsync(FiveRollouts.Throwing, user => GetAsync(http, "throwing", user)),
            LoadAsync(FiveRollouts.Hanging, user => GetAsync(http, "hanging", user)),
            LoadAsync(FiveRollouts.Grpc, user => PayAsync(grpc, user)));
        foreach (string flag in FiveRollouts.All)
        {
            // It rolls back until that is stored.
            await Eventually.EqualAsync("over", () => Task.FromResult(five.StatusOf(flag).Phase == RolloutPhase.RollingBack ? "rolling back" : "over"));
            RolloutStatus status = five.StatusOf(flag);
            RolloutPhase expected = FiveRollouts.Healthy.Contains(flag) ? RolloutPhase.Complete : RolloutPhase.RolledBack;
            Assert.True(expected == status.Phase, $"Run {run}: the rollout of '{flag}' is {status.Phase}, not {expected}: {status.NextStep} {status.Note} {string.Join("; ", status.History)}");
        }

        // Each user comes once, as long as the rollout goes on.
        Task LoadAsync(string flag, Func<string, Task> request) => Task.WhenAll(Enumerable.Range(0, WorkersOfAPage).Select(async _ =>
        {
            using var pace = new PeriodicTimer(Pace);
            while (five.StatusOf(flag).EndedAt is null && !bound.IsCancellationRequested)
            {
                await request($"user{Interlocked.Increment(ref users)}");
                await pace.WaitForNextTickAsync();
            }
        }));
    }

    private static async Task GetLinkedAsync(HttpClient http, string user)
    {
        await GetAsync(http, "", user);
        await GetAsync(http, "", user);
        await GetAsync(http, "beta", user);
    }

    private static async Task GetAsync(HttpClient http, string path, string user)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-User", user);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // This user has lost patience.
        }
    }

    private static async Task PayAsync(Checkout.CheckoutClient client, string user)
    {
        try
        {
            await client.PayAsync(new PayRequest(), new Metadata { { "X-User", user } });
        }
        catch (RpcException)
        {
            // Those who are exposed meet this.
        }
    }
}
