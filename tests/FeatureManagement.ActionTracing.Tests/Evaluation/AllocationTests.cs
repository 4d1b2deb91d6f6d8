using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

/// <summary>An evaluation allocates nothing.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Calls = 1_000;

    private readonly FlagServices _services = new([
        Flag.On("on"), Flag.Off("off"), Flag.Killed("killed"), Flag.Percentage("partial", 50), Flag.Percentage("child", 50) with { Parent = "partial" },
        Flag.List("list", "alice", "bob") with { Groups = ["staff"] }, Flag.Variants("variants", FlagState.Enabled, ("a", 1), ("b", 2)),
        Flag.List("stop", "mallory") with { Type = FlagType.Boolean, Priority = 1 },
    ]);

    private readonly FeatureFlagContext[] _contexts =
        [new() { UserId = "alice" }, new() { SessionId = "session", Groups = ["guests", "staff"] }, new() { RequestId = "request", Groups = new List<string> { "staff" } }, new()];

    public static TheoryData<string> Names => ["on", "off", "killed", "partial", "child", "list", "variants", "PARTIAL", "unknown"];

    [Theory]
    [MemberData(nameof(Names))]
    public void DirectCall_AllocatesNothing(string name)
    {
        IFeatureFlagManager manager = _services.Manager;
        Assert.Equal(0, Allocated(context => manager.IsEnabled(name, context)));
        Assert.Equal(0, Allocated(context => manager.GetVariant(name, context)));
        Assert.Equal(0, Allocated(context => manager.Evaluate(name, context)));
        Assert.Equal(0, Allocated(_ => manager.IsEnabled(name)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThroughMicrosoftsInterfaces_AllocatesNothing(string name)
    {
        if (name == "unknown")
            return; // Microsoft.FeatureManagement's own affair
        var manager = _services.Get<IFeatureManager>();
        var variants = _services.Get<IVariantFeatureManager>();
        Assert.Equal(0, Allocated(context => manager.IsEnabledAsync(name, context)));
        Assert.Equal(0, Allocated(_ => manager.IsEnabledAsync(name)));
        Assert.Equal(0, Allocated(context => variants.IsEnabledAsync(name, context, default)));
        Assert.Equal(0, Allocated(context => variants.IsEnabledAsync<TargetingContext>(name, context, default)));
        Assert.Equal(0, Allocated(_ => variants.IsEnabledAsync(name, default(CancellationToken))));
    }

    [Fact]
    public void GetVariantAsync_AllocatesMicrosoftsVariantAndNothingElse()
    {
        var variants = _services.Get<IVariantFeatureManager>();
        long one = Allocated(_ => new Variant()); // for as many calls
        Assert.Equal(one, Allocated(context => variants.GetVariantAsync("variants", context, default)));
        Assert.Equal(0, Allocated(context => variants.GetVariantAsync("partial", context, default)));
    }

    public void Dispose() => _services.Dispose();

    private long Allocated<T>(Func<FeatureFlagContext, T> ask)
    {
        // The first calls make what is made once: the memo, warnings, and what the runtime needs now and then.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Ask();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;

        void Ask()
        {
            for (int i = 0; i < Calls; i++)
                foreach (FeatureFlagContext context in _contexts)
                    ask(context);
        }
    }
}
