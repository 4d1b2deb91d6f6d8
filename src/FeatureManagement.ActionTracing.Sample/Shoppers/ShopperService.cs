using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>Customers who visit the shop over HTTP, as real ones would, each with an id that stays the same.</summary>
internal sealed partial class ShopperService(
    IServer server, IHostApplicationLifetime lifetime, IOptionsMonitor<ShopperSettings> monitor,
    ILogger<ShopperService> logger) : BackgroundService
{
    private const int MaxWaiting = 64;

    private static readonly string[] Pages =
    [
        "/search?text=a", "/search?text=e", "/search?text=o", "/products/1/delivery", "/products/2/delivery",
        "/products/3/delivery", "/products", "/products/layout", "/promotions",
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            if (Address() is not { } address)
            {
                LogNoAddress();
                return;
            }
            using var visits = new SemaphoreSlim(MaxWaiting);
            using var client = new HttpClient(
                new SocketsHttpHandler { UseCookies = false })
            {
                BaseAddress = address,
                Timeout = TimeSpan.FromSeconds(10),
            };
            while (!stoppingToken.IsCancellationRequested)
            {
                ShopperSettings settings = monitor.CurrentValue;
                await Task.Delay(settings.Enabled
                    ? TimeSpan.FromSeconds(1 / settings.RequestsPerSecond)
                    : TimeSpan.FromSeconds(1), stoppingToken);
                if (!settings.Enabled)
                    continue;
                await visits.WaitAsync(stoppingToken);
                _ = VisitAsync(client, settings, visits, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (OptionsValidationException exception)
        {
            LogInvalid(exception);
        }
    }

    private static async Task VisitAsync(
        HttpClient client, ShopperSettings settings, SemaphoreSlim visits, CancellationToken cancellationToken)
    {
        Activity.Current = null; // a visit is no part of another
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Pages[Random.Shared.Next(Pages.Length)]);
            request.Headers.Add("Cookie", $"shop-visitor=shopper-{Random.Shared.Next(settings.Users)}");
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The shop is going down, or too slow: a shopper shrugs.
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
                visits.Release();
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource();
        using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private Uri? Address()
    {
        IEnumerable<string> addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        string? address = addresses.FirstOrDefault(known => known.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
        return address is null
            ? null
            : new UriBuilder(BindingAddress.Parse(address) is var bound && bound.Host is "*" or "+" or "0.0.0.0" or "[::]"
            ? $"http://localhost:{bound.Port}" : address).Uri;
    }

    [LoggerMessage(
        800, LogLevel.Information, "There are no simulated shoppers: the shop has no plain HTTP address.",
        EventName = "NoAddress")]
    private partial void LogNoAddress();

    [LoggerMessage(
        801, LogLevel.Error, "There are no simulated shoppers until the next start: their settings are invalid.",
        EventName = "InvalidShoppers")]
    private partial void LogInvalid(Exception exception);
}
