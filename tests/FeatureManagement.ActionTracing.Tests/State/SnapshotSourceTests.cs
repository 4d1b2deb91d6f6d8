using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.State;

/// <summary>The snapshot in force: configuration with the run-time records over it.</summary>
public class SnapshotSourceTests
{
    private static readonly FlagChange Change = new("ann", "because");

    [Fact]
    public void GetAllFlags_HoweverConfigurationListsThem_AreSortedWithoutRegardToCase()
    {
        string[] names = ["m", "B", "z", "a", "C", "y"];
        using var services = new FlagServices(names.Select(Flag.On));
        Assert.Equal(["a", "B", "C", "m", "y", "z"], services.Manager.GetAllFlags().Select(status => status.Definition.Name));
        services.Flags.Set([.. names.Append("D").Select(Flag.On)]);
        Assert.Equal(["a", "B", "C", "D", "m", "y", "z"], services.Manager.GetAllFlags().Select(status => status.Definition.Name));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public void IsEnabled_AFlagInDevelopment_IsOnWhereTheHostSaysSo(string? environment, bool on)
    {
        var flags = new FixedFlags(Flag.Of("flag", FlagState.Development));
        using var services = new FlagServices([Flag.On("other")], environment ?? "Production");
        using var source = new SnapshotSource(
            flags,
            TimeProvider.System,
            services.Get<FlagWatchers>(),
            services.Provider,
            environment is null ? null : services.Get<IHostEnvironment>());
        Assert.Equal(on, source.Latest.CanBeOn(source.Latest.Find("flag")!)); // it is configured
    }

    [Fact]
    public async Task Configuration_AsksWhetherAFlagIsOn_KnowsOverridesAndEmergencies()
    {
        using var services = new FlagServices([Flag.On("on"), Flag.Off("off") with { Priority = 1 }]);
        Assert.Equal(2, services.Snapshot.Flags.Length);
        Func<string, bool> isOn = services.Flags.IsOn!; // the source of the snapshot has set it
        Assert.Equal((true, false, false), (isOn("on"), isOn("off"), isOn("unknown")));
        await services.Manager.EmergencyShutdownAsync("off", Change); // an emergency flag is on then
        Assert.Equal((true, true), (isOn("ON"), isOn("OFF")));
    }

    [Fact]
    public void Date_ConfigurationEditedMeanwhile_DatesWhatIsThereThen()
    {
        using var services = new FlagServices([Flag.On("flag")]);
        var source = services.Get<SnapshotSource>();
        FlagSnapshot before = source.Latest;
        DateTimeOffset then = DateTimeOffset.UnixEpoch;
        int asked = 0;
        IReadOnlyList<EffectiveFlag> dated = source.Date(flag =>
        {
            if (asked++ == 0)
                services.Flags.Set(Flag.Off("flag"), Flag.On("new"));
            return then;
        });
        Assert.Equal(3, asked);
        Assert.Equal([("flag", FlagState.Disabled, then), ("new", FlagState.Enabled, then)], dated.Select(Text));
        Assert.Equal(dated.Select(Text), source.ConfiguredFlags().Select(Text));
        Assert.All(services.Manager.GetAllFlags(), status => Assert.Equal(then, status.LastModified));
        Assert.NotSame(before, source.Latest);

        // Where nothing is new, nothing changes.
        FlagSnapshot same = source.Latest;
        Assert.Same(source.ConfiguredFlags(), source.Date(_ => then));
        Assert.Same(source.ConfiguredFlags(), source.Date(_ => null));
        Assert.Same(same, source.Latest);

        static (string, FlagState, DateTimeOffset) Text(EffectiveFlag flag) =>
            (flag.Definition.Name, flag.Definition.State, flag.LastModified);
    }

    [Fact]
    public async Task Date_AFlagWithAnOverride_KeepsTheOverride()
    {
        using var services = new FlagServices([Flag.On("flag")]);
        await services.Manager.UpdateFlagAsync("flag", new FlagUpdate { State = FlagState.Disabled }, Change);
        services.Get<SnapshotSource>().Date(_ => DateTimeOffset.UnixEpoch);
        Assert.Equal(FlagState.Disabled, services.Manager.GetFlag("flag")!.Definition.State); // it is configured
        Assert.Equal(DateTimeOffset.UnixEpoch, services.Get<SnapshotSource>().Configured("flag")?.LastModified);
    }

    [Fact]
    public void Load_OfConfiguration_KeepsTheTimeOfFlagsThatAreTheSame()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        FlagDefinition same = Flag.On("same");
        using var services = new FlagServices([same, Flag.On("edited")], before: added => added.AddSingleton<TimeProvider>(time));
        Assert.Equal(2, services.Snapshot.Flags.Length);
        time.Advance(TimeSpan.FromMinutes(1));
        services.Flags.Set(same, Flag.Off("edited"), Flag.On("new"));
        Assert.Equal(
            [("edited", 1), ("new", 1), ("same", 0)],
            services.Manager.GetAllFlags().Select(flag => (flag.Definition.Name, (flag.LastModified - DateTimeOffset.UnixEpoch).Minutes)));
    }

    [Fact]
    public async Task Dispose_OfTheApplication_EndsWhatFollowsConfigurationAndTime()
    {
        var time = new FakeTimeProvider();
        var services = new FlagServices([Flag.On("flag")], before: added => added.AddSingleton<TimeProvider>(time));
        FeatureFlagSettings settings = services.Flags.Catalog.Settings;
        services.Flags.Set([Flag.On("flag")], settings with { CacheEnabled = true, CacheTtl = TimeSpan.FromMinutes(1) });
        var source = services.Get<SnapshotSource>();
        VariantMemo memo = source.Memo!; // it is switched on
        memo.Add(0x1234_5678, 3);
        FlagSnapshot last = source.Latest;
        services.Dispose();
        services.Flags.Set(Flag.Off("flag"));
        Assert.Same(last, source.Latest);
        time.Advance(TimeSpan.FromHours(1));
        await Task.Yield();
        Assert.Equal(3, memo.Find(0x1234_5678)); // its timer does not run any more
    }

    [Fact]
    public void Load_OfSettings_RenewsTheMemoWhereTheyDiffer()
    {
        var time = new FakeTimeProvider();
        using var services = new FlagServices([Flag.On("flag")], before: added => added.AddSingleton<TimeProvider>(time));
        var source = services.Get<SnapshotSource>();
        FeatureFlagSettings off = services.Flags.Catalog.Settings with { CacheEnabled = false };
        FeatureFlagSettings minute = off with { CacheEnabled = true, CacheTtl = TimeSpan.FromMinutes(1) };
        Assert.Null(MemoUnder(off));
        VariantMemo? first = MemoUnder(minute);
        Assert.NotNull(first);
        first.Add(0x1234_5678, 3);
        Assert.Same(first, MemoUnder(minute with { DefaultTimeout = TimeSpan.FromSeconds(9) }));
        VariantMemo? second = MemoUnder(minute with { CacheTtl = TimeSpan.FromMinutes(2) });
        Assert.NotNull(second);
        Assert.NotSame(first, second);
        Assert.Null(MemoUnder(off));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, first.Find(0x1234_5678)); // its timer does not run any more

        VariantMemo? MemoUnder(FeatureFlagSettings settings)
        {
            services.Flags.Set([Flag.On("flag")], settings);
            return source.Memo;
        }
    }

    [Fact]
    public async Task Load_OfConfigurationAfterTheStore_AppliesWhatIsStored()
    {
        var store = new SwitchedStore();
        using FlagServices first = Start(store, Flag.On("flag"), Flag.On("other"));
        await first.Manager.EmergencyShutdownAsync("flag", Change);
        await first.Manager.EmergencyShutdownAsync("other", Change);

        // Their records are known before configuration has the flags.
        using FlagServices second = Start(store, Flag.On("none"));
        await second.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(2, second.Get<SnapshotSource>().Layers().Count);
        second.Flags.Set(Flag.On("FLAG"), Flag.On("other"));
        Assert.Equal([FlagSource.Emergency, FlagSource.Emergency], second.Manager.GetAllFlags().Select(flag => flag.Source));
        VersionedRecord stored = second.Get<SnapshotSource>().Layer("FlaG");
        Assert.Equal(("because", false), (stored.Record.Emergency?.Reason, stored.IsInOutbox));
        Assert.Equal(VersionedRecord.None, second.Get<SnapshotSource>().Layer("none"));
    }

    [Fact]
    public async Task Applying_ARecord_IsRaisedForEachBeforeItIsInForce()
    {
        var store = new SwitchedStore();
        using FlagServices first = Start(store, Flag.On("a"), Flag.On("b"));
        List<string> raised = [];
        Follow(first);
        await first.Manager.EmergencyShutdownAsync("A", Change);
        Assert.Equal("A on because", Assert.Single(raised.Distinct()));
        await first.Manager.EmergencyShutdownAsync("b", Change);

        raised.Clear();
        using FlagServices second = Start(store, Flag.On("a"), Flag.On("b"));
        Follow(second);
        await second.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(["A on because", "B on because"], raised.Select(text => text.ToUpperInvariant()[..1] + text[1..]).Order());

        void Follow(FlagServices services)
        {
            var source = services.Get<SnapshotSource>();
            source.Applying += (flag, record) =>
            {
                if (source.Latest.Find(flag) is { CanBeOn: true })
                    raised.Add($"{flag} on {record.Emergency?.Reason}");
            };
        }
    }

    [Fact]
    public void Load_OfSettings_AuditsEvaluationsFromThenOn()
    {
        using var services = new FlagServices([Flag.On("flag")]);
        Assert.False(services.Snapshot.IsAudited);
        services.Flags.Set([Flag.On("flag")], services.Flags.Catalog.Settings with { AuditFlagEvaluations = true });
        Assert.True(services.Snapshot.IsAudited);
        services.Get<SnapshotSource>().Date(_ => DateTimeOffset.UnixEpoch);
        Assert.True(services.Snapshot.IsAudited);
    }

    [Fact]
    public void Status_ThatSaysNothingOfTheStore_IsStored() => Assert.True(new FlagStatus(Flag.On("flag"))
    {
        IsEnabled = true,
        Source = FlagSource.Configuration,
        LastModified = DateTimeOffset.UnixEpoch,
    }.IsStored);

    private static FlagServices Start(SwitchedStore store, params FlagDefinition[] flags) =>
        new(flags, before: services => services.AddSingleton<IActionTracingStore>(store));
}
