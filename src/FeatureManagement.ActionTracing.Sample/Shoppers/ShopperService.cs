using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>Simulated customers who visit the shop over HTTP, each with a constant id.</summary>
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
                await Task.Delay(Interval(settings), stoppingToken);
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

    private static TimeSpan Interval(ShopperSettings settings)
    {
        if (settings.Enabled)
            return TimeSpan.FromSeconds(1 / settings.RequestsPerSecond);
        return TimeSpan.FromSeconds(1);
    }

    private static async Task VisitAsync(
        HttpClient client, ShopperSettings settings, SemaphoreSlim visits, CancellationToken cancellationToken)
    {
        Activity.Current = null; // a visit has no parent
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Pages[Random.Shared.Next(Pages.Length)]);
            request.Headers.Add("Cookie", $"shop-visitor=shopper-{Random.Shared.Next(settings.Users)}");
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The shop stops or is too slow.
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
        if (address is null)
            return null;
        var bound = BindingAddress.Parse(address);
        if (bound.Host is "*" or "+" or "0.0.0.0" or "[::]")
            return new Uri($"http://localhost:{bound.Port}");
        return new Uri(address);
    }

    [LoggerMessage(
        800, LogLevel.Information, "Simulated shoppers are off: the shop has no plain HTTP address.",
        EventName = "NoAddress")]
    private partial void LogNoAddress();

    [LoggerMessage(
        801, LogLevel.Error, "Simulated shoppers are off until the next start: the settings of Shoppers are invalid.",
        EventName = "InvalidShoppers")]
    private partial void LogInvalid(Exception exception);
}
