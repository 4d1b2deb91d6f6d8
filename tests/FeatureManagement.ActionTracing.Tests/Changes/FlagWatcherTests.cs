using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Changes;

public sealed class FlagWatcherTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly FlagServices _services = new([Flag.Percentage("partial", 0), Flag.On("child") with { Parent = "partial" }]);
    private readonly ConcurrentQueue<decimal> _observed = new();

    private IFeatureFlagManager Manager => _services.Manager;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Watch_SeveralChanges_AreObservedInOrderAndAfterTheyApply()
    {
        int early = 0;
        using IDisposable watch = Manager.WatchFlag("PARTIAL", status =>
        {
            if (Manager.GetFlag("partial")!.Version < status.Version)
                early++;
            _observed.Enqueue(status.Definition.Percentage);
        });
        await Update(1, 2, 3, 4, 5);
        Observed(1, 2, 3, 4, 5);
        Assert.Equal(0, early);
    }

    [Fact]
    public async Task Watch_OneThatThrowsAndOneThatBlocks_HarmNobody()
    {
        using var block = new ManualResetEventSlim();
        using IDisposable blocking = Manager.WatchFlag("partial", _ => block.Wait());
        using IDisposable throwing = Manager.WatchFlag("partial", status =>
        {
            _observed.Enqueue(-status.Definition.Percentage);
            throw new InvalidOperationException("no");
        });
        await Update(1, 2);
        Observed(-1, -2);
        using IDisposable other = Manager.WatchFlag("partial", status => _observed.Enqueue(status.Definition.Percentage));
        await Update(3);
        Eventually.True(() => _observed.Contains(3) && _observed.Contains(-3), () => string.Join(" ", _observed));
        block.Set();
    }

    [Fact]
    public async Task Watch_OneThatStopsInItsCallback_ObservesNoMore()
    {
        IDisposable? watch = null;
        using var ready = new ManualResetEventSlim();
        watch = Manager.WatchFlag("partial", status =>
        {
            ready.Wait();
            _observed.Enqueue(status.Definition.Percentage);
            watch!.Dispose(); // set before it is ready
        });
        ready.Set();
        await Update(1);
        Observed(1);
        using IDisposable other = Manager.WatchFlag("partial", status => _observed.Enqueue(status.Definition.Percentage * 10));
        await Update(2);
        Observed(1, 20);
    }

    [Fact]
    public async Task Watch_ChildOfAKilledFlag_ObservesThatItIsOff()
    {
        await Update(50);
        var observed = new ConcurrentQueue<bool>();
        using IDisposable watch = Manager.WatchFlag("child", status => observed.Enqueue(status.IsEnabled));
        await Manager.EmergencyShutdownAsync("partial", Change);
        await Manager.ClearEmergencyAsync("partial", Change);
        Eventually.True(() => observed.Count == 2, () => string.Join(" ", observed));
        Assert.Equal([false, true], observed);
    }

    [Fact]
    public async Task Watch_KillThatAppliesAndIsThenStored_IsObservedOnce()
    {
        var observed = new ConcurrentQueue<FlagState>();
        using IDisposable watch = Manager.WatchFlag("partial", status => observed.Enqueue(status.Definition.State));
        await Manager.EmergencyShutdownAsync("partial", Change);
        Assert.True(Manager.GetFlag("partial")!.IsStored);
        await Manager.ClearEmergencyAsync("partial", Change);
        await Manager.EmergencyShutdownAsync("partial", Change);
        Eventually.True(() => observed.Count(state => state == FlagState.EmergencyOff) == 2, () => string.Join(" ", observed));
        Assert.Equal([FlagState.EmergencyOff, FlagState.Rollout, FlagState.EmergencyOff], observed);
    }

    [Fact]
    public void Watch_FlagThatComesAndGoes_IsObserved()
    {
        var observed = new ConcurrentQueue<bool>();
        using IDisposable watch = Manager.WatchFlag("new", status => observed.Enqueue(status.IsEnabled));
        _services.Flags.Set(Flag.On("new"));
        _services.Flags.Set(Flag.Off("else"));
        Eventually.True(() => observed.Count == 2, () => string.Join(" ", observed));
        Assert.Equal([true, false], observed);
    }

    private async Task Update(params decimal[] percentages)
    {
        foreach (decimal percentage in percentages)
            await Manager.UpdateFlagAsync("partial", new FlagUpdate { Percentage = percentage }, Change);
    }

    private void Observed(params decimal[] expected) =>
        Eventually.True(() => _observed.SequenceEqual(expected), () => string.Join(" ", _observed));
}
