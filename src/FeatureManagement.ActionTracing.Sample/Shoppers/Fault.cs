using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>Applies the configured fault to a feature.</summary>
internal sealed class Fault(IOptionsMonitor<ShopperSettings> settings)
{
    public async Task StrikeAsync(CancellationToken cancellationToken)
    {
        FaultSettings fault = settings.CurrentValue.Fault;
        if (fault.Delay > TimeSpan.Zero)
            await Task.Delay(fault.Delay, cancellationToken);
        if (Random.Shared.NextDouble() < fault.ErrorRate)
            throw new InvalidOperationException("The new search failed, as Shoppers:Fault:ErrorRate wants.");
    }
}
