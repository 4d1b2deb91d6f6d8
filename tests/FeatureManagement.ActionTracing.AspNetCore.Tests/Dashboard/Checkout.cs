using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>A shop with a checkout that is to be rolled out, its customers, and a fault in the new one that tests switch on.</summary>
internal sealed class Checkout : IAsyncDisposable
{
    public const string Flag = "checkout";

    private readonly HttpClient _client = new();
    private readonly Faults _faults;
    private int _customers;

    private Checkout(DashboardHost host, Faults faults) => (Host, _faults) = (host, faults);

    public DashboardHost Host { get; }

    public RolloutStatus Rollout => Host.Get<IRolloutManager>().GetStatus(Flag)!;

    /// <summary>Whether every other request to the new checkout fails.</summary>
    public bool IsBroken
    {
        set => _faults.On = value;
    }

    /// <summary>Checked five times a second, so that a test need not wait.</summary>
    public static async Task<Checkout> StartAsync(string rolloutConfig)
    {
        var faults = new Faults();
        DashboardHost host = await DashboardHost.StartAsync(
            $$"""
            { "ActionTracing": {
              "featureFlagSettings": { "safetyInterval": 200, "progressionInterval": 400 },
              "featureFlags": {
                "{{Flag}}": { "description": "Pay in one step", "type": "percentage", "state": "disabled", "rolloutConfig": { {{rolloutConfig}} } },
                "checkout_gifts": { "type": "boolean", "state": "enabled", "parent": "{{Flag}}" } } } }
            """,
            pipeline: app =>
            {
                app.UseActionTracing();
                app.MapGet("/pay", async (IFeatureManager features) =>
                    !await features.IsEnabledAsync(Flag) ? Results.Text("old")
                    : faults.Next() ? Results.StatusCode(StatusCodes.Status500InternalServerError)
                    : Results.Text("new"));
                app.MapGet("/gated", () => "new").WithFeatureGate(Flag);
            });
        return new Checkout(host, faults);
    }

    /// <summary>What a customer is answered.</summary>
    public async Task<string> PayAsync(string customer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Host.Address, "/pay"));
        request.Headers.Add(TestUser.NameHeader, customer);
        using HttpResponseMessage response = await _client.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync() : "error";
    }

    /// <summary>Lets a new customer ask for the page behind a gate.</summary>
    public async Task PassGateAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Host.Address, "/gated"));
        request.Headers.Add(TestUser.NameHeader, $"customer-{Interlocked.Increment(ref _customers)}");
        using HttpResponseMessage response = await _client.SendAsync(request);
    }

    /// <summary>Lets new customers pay, a few at a time.</summary>
    public Task ServeAsync(int customers) => Parallel.ForAsync(0, customers, new ParallelOptions { MaxDegreeOfParallelism = 4 },
        async (_, _) => await PayAsync($"customer-{Interlocked.Increment(ref _customers)}"));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
    }

    private sealed class Faults
    {
        private int _requests;

        public bool On { get; set; }

        public bool Next() => On && Interlocked.Increment(ref _requests) % 2 == 0;
    }
}
