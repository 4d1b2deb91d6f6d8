using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>What must never cost a kill: odd values, odd names, and documents of another release.</summary>
public sealed class StoredStateTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly SwitchedStore _store = new();
    private readonly FlagServices _services;

    public StoredStateTests() => _services = Start(Flag.On("a"), Flag.On("b"), Flag.Variants("variants", FlagState.Enabled, ("x", 1), ("y", 1)), Flag.On("έκπτωσης"));

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("1000000000001")]
    public async Task Update_WeightThatOverflowsASum_IsRefused(string weight)
    {
        decimal large = decimal.Parse(weight, System.Globalization.CultureInfo.InvariantCulture);
        var update = new FlagUpdate { Weights = new Dictionary<string, decimal> { ["x"] = large, ["y"] = large } };
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => _services.Manager.UpdateFlagAsync("variants", update, Change));
        Assert.Equal(FlagChangeError.Invalid, refused.Error);
        Assert.Contains($"the weight of variant 'x' is {weight}; it must be greater than 0 and at most 1000000000000", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(_services.Manager.GetVariant("variants", new FeatureFlagContext { UserId = "u" }));
    }

    [Theory]
    [InlineData("79228162514264337593543950335", false)]
    [InlineData("1000000000001", false)]
    [InlineData("1000000000000", true)]
    [InlineData("0", false)]
    [InlineData("0.1", true)]
    [InlineData("-1", false)]
    public async Task Load_WeightOutOfBounds_LeavesTheKillsOfOthersInForce(string weight, bool readable)
    {
        await _services.Manager.EmergencyShutdownAsync("a", Change);
        var weights = new Dictionary<string, decimal> { ["x"] = 5, ["y"] = 1 };
        await _services.Manager.UpdateFlagAsync("variants", new FlagUpdate { Weights = weights }, Change);
        await Rewrite("variants", json => json.Replace("\"x\":5", $"\"x\":{weight}", StringComparison.Ordinal));

        using FlagServices restarted = Start(Flag.On("a"), Flag.Variants("variants", FlagState.Enabled, ("x", 1), ("y", 1)));
        await Sync(restarted);
        Assert.False(restarted.Manager.IsEnabled("a"));
        Assert.NotNull(restarted.Manager.GetVariant("variants", new FeatureFlagContext { UserId = "u" }));
        Assert.Equal(readable ? 0 : 1, Unreadable(restarted).Count(fault => fault.Contains("a weight is out of bounds", StringComparison.Ordinal)));
        Assert.Equal(readable ? 0 : 1, Unreadable(restarted).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sync_ADocumentThatCanBeReadAgainOrIsGone_IsNoFaultAnyMore(bool gone)
    {
        await _services.Manager.UpdateFlagAsync("a", new FlagUpdate { Percentage = 5 }, Change);
        await _services.Manager.UpdateFlagAsync("b", new FlagUpdate { Percentage = 5 }, Change);
        foreach (string flag in (string[])["a", "b"])
            await Rewrite(flag, json => json.Replace("\"override\":{", "\"override\":{\"state\":\"half_enabled\",", StringComparison.Ordinal));
        using FlagServices restarted = Start(Flag.On("a"), Flag.On("b"));
        await Sync(restarted);
        Assert.Equal(2, Unreadable(restarted).Count);

        await Rewrite("a", json => json.Replace("half_enabled", "disabled", StringComparison.Ordinal));
        if (gone)
            _store.Inner = new InMemoryStore();
        await Sync(restarted);
        Assert.Equal(gone ? 0 : 1, Unreadable(restarted).Count);
        Assert.Equal(gone ? FlagState.Enabled : FlagState.Disabled, restarted.Manager.GetFlag("a")!.Definition.State); // it is configured
    }

    [Theory]
    [InlineData("override")]
    [InlineData("Override")]
    public async Task Load_DocumentThatHasAMemberTwice_LeavesAllKillsInForce(string member)
    {
        await _services.Manager.EmergencyShutdownAsync("a", Change);
        await _services.Manager.UpdateFlagAsync("b", new FlagUpdate { Percentage = 5 }, Change);
        await _services.Manager.EmergencyShutdownAsync("b", Change);
        await Rewrite("b", json => json.Replace("\"override\":", $"\"{member}\":null,\"override\":", StringComparison.Ordinal));

        using FlagServices restarted = Start(Flag.On("a"), Flag.On("b"));
        await Sync(restarted);
        Assert.False(restarted.Manager.IsEnabled("a") || restarted.Manager.IsEnabled("b"));
        Assert.EndsWith("cannot be read: a member is there twice.", Assert.Single(restarted.Get<IActionTracingStoreStatus>().Current.Unreadable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_UnderAnotherSpellingThanTheUpdate_IsStored()
    {
        await _services.Manager.UpdateFlagAsync("ΈΚΠΤΩΣΗΣ", new FlagUpdate { Percentage = 5 }, Change);
        Assert.True((await _services.Manager.EmergencyShutdownAsync("έκπτωσης", Change)).IsStored);
        Assert.True((await _services.Manager.EmergencyShutdownAsync("a", Change)).IsStored);
    }

    [Fact]
    public async Task Load_ADocumentOfALaterRelease_KeepsItsEmergencyAndIsNotOverwritten()
    {
        await _services.Manager.UpdateFlagAsync("a", new FlagUpdate { Percentage = 5 }, Change);
        await _services.Manager.EmergencyShutdownAsync("a", Change);
        await Rewrite("a", json => json.Replace("\"override\":{", "\"override\":{\"state\":\"half_enabled\",", StringComparison.Ordinal));

        using FlagServices restarted = Start(Flag.On("a"));
        await Sync(restarted);
        Assert.False(restarted.Manager.IsEnabled("a"));
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => restarted.Manager.ClearEmergencyAsync("a", Change));
        Assert.Equal(FlagChangeError.StoreUnavailable, refused.Error);
        Assert.Equal(
            "The stored state of flag 'a' cannot be read by this release, and a change would erase it; nothing was changed. "
                + "The health check says more.",
            refused.Message);
        Assert.Contains("half_enabled", (await Document("a")).Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_OfAFlagWhoseDocumentCannotBeRead_IsStoredAndCanBeCleared()
    {
        await _services.Manager.UpdateFlagAsync("a", new FlagUpdate { Percentage = 5 }, Change);
        await Rewrite("a", json => json.Replace("\"override\":{", "\"override\":{\"state\":\"half_enabled\",", StringComparison.Ordinal));
        using FlagServices restarted = Start(Flag.On("a"));
        await Sync(restarted);
        var status = restarted.Get<IActionTracingStoreStatus>();
        Assert.Single(status.Current.Unreadable);
        Assert.True((await restarted.Manager.EmergencyShutdownAsync("a", Change)).IsStored);
        Assert.Empty(status.Current.Unreadable); // what is there now is ours
        Assert.True((await restarted.Manager.ClearEmergencyAsync("a", Change)).IsEnabled);
    }

    private FlagServices Start(params FlagDefinition[] flags) => new(flags, before: services => services.AddSingleton<IActionTracingStore>(_store));

    private static Task Sync(FlagServices services) => services.Get<StoreSynchronizer>().SyncAsync(default);

    private static IReadOnlyList<string> Unreadable(FlagServices services) => services.Get<IActionTracingStoreStatus>().Current.Unreadable;

    private async Task<StoredDocument> Document(string flag) =>
        (await _store.ReadAsync("flag/", 0, default)).Documents.Single(document => document.Key == FlagRecords.KeyOf(flag));

    private async Task Rewrite(string flag, Func<string, string> edit)
    {
        StoredDocument document = await Document(flag);
        string edited = edit(document.Json!);
        Assert.NotEqual(document.Json, edited);
        await _store.CommitAsync(new StoreCommit([new DocumentWrite(document.Key, edited, document.Version)], []), default);
    }
}
