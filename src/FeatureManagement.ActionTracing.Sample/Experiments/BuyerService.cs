using FeatureManagement.ActionTracing.Sample.Shoppers;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Sample.Experiments;

/// <summary>
/// Simulated customers of the experiments. Each visits once. The grid sells more than the list; the colour of the
/// button and the verbosity of traces make no difference.
/// </summary>
internal sealed partial class BuyerService(
    IFeatureFlagManager flags, IExperimentRecorder experiments, IOptionsMonitor<ShopperSettings> monitor,
    ILogger<BuyerService> logger) : BackgroundService
{
    // Bounds the disk space of a shop that runs for days.
    private const int MaxBuyers = 50_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            for (int buyer = 0; buyer < MaxBuyers && await timer.WaitForNextTickAsync(stoppingToken);)
                if (monitor.CurrentValue is { Enabled: true } settings)
                    for (int end = Math.Min(MaxBuyers, buyer + settings.BuyersPerSecond); buyer < end; buyer++)
                        Buy(new FeatureFlagContext { UserId = $"buyer-{buyer}" });
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (OptionsValidationException exception)
        {
            LogInvalid(exception);
        }
    }

    private void Buy(FeatureFlagContext buyer)
    {
        string? layout = flags.GetVariant("product_layout", buyer);
        double rate = 0.2;
        if (layout == "grid")
            rate = 0.3;
        if (Random.Shared.NextDouble() < rate)
            experiments.Record("product_layout", buyer, "bought");

        flags.GetVariant("button_colour", buyer);
        if (Random.Shared.NextDouble() < 0.1)
            experiments.Record("button_colour", buyer, "clicked");

        if (flags.GetVariant("trace_verbosity_test", buyer) is not null)
            experiments.Record("trace_verbosity_test", buyer, "request_time", 20 - 10 * Math.Log(1 - Random.Shared.NextDouble()));
    }

    [LoggerMessage(
        802, LogLevel.Error, "Simulated buyers are off until the next start: the settings of Shoppers are invalid.",
        EventName = "InvalidBuyers")]
    private partial void LogInvalid(Exception exception);
}
