using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>A hub whose methods ask for the flag.</summary>
public sealed class ShopHub(IFeatureFlagManager flags, ShopHub.Signals signals) : Hub
{
    /// <summary>Throws where the flag is on.</summary>
    public bool Buy() => IsOn() ? throw new HubException("broken") : false;

    /// <summary>Is under way until as many calls as are named are.</summary>
    public async Task<bool> BuyTogether(string user, bool fails)
    {
        flags.IsEnabled(Shop.Flag, new FeatureFlagContext { UserId = user });
        signals.Meet();
        await signals.Met.WaitAsync(TimeSpan.FromSeconds(30));
        return fails ? throw new HubException("broken") : true;
    }

    /// <summary>Runs until its client is gone, and then stops with what that throws.</summary>
    public async Task Wait()
    {
        IsOn();
        signals.Meet();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(30), Context.ConnectionAborted);
        }
        finally
        {
            signals.End();
        }
    }

    public async IAsyncEnumerable<bool> Watch([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return IsOn();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public async Task<int> Upload(ChannelReader<int> numbers)
    {
        IsOn();
        int sum = 0;
        await foreach (int number in numbers.ReadAllAsync())
            sum += number;
        return sum;
    }

    private bool IsOn() => flags.IsEnabled(Shop.Flag, new FeatureFlagContext { UserId = Context.GetHttpContext()!.Request.Headers["X-User"] });

    /// <summary>How a test and the hub wait for each other.</summary>
    public sealed class Signals(int calls)
    {
        private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls = calls;

        public Task Met => _met.Task;

        public Task Ended => _ended.Task;

        public void Meet()
        {
            if (Interlocked.Decrement(ref _calls) == 0)
                _met.SetResult();
        }

        public void End() => _ended.TrySetResult();
    }
}
