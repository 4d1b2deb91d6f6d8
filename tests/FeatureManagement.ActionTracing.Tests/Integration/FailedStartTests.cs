using System.Reflection;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.Tests.Integration;

public class FailedStartTests
{
    // What a start that fails elsewhere, for a port that is taken, does to the services that run already; the host logs each that throws as a failure.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopped_BeforeTheHostHasStarted_EveryServiceEndsQuietly(bool early)
    {
        using var services = new FlagServices([Flag.On("flag")]);
        BackgroundService[] background = [.. services.Provider.GetServices<IHostedService>().OfType<BackgroundService>()];
        Assert.True(background.Length >= 5, string.Join(", ", background.Select(service => service.GetType().Name)));
        MethodInfo execute = typeof(BackgroundService).GetMethod("ExecuteAsync", BindingFlags.Instance | BindingFlags.NonPublic)!;
        foreach (BackgroundService service in background)
        {
            using var stopping = new CancellationTokenSource();
            if (early)
                await stopping.CancelAsync();
            var run = (Task)execute.Invoke(service, [stopping.Token])!;
            await stopping.CancelAsync();
            await run; // throws where the service does
        }
    }
}
