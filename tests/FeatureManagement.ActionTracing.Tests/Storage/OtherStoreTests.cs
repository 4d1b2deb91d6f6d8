using FeatureManagement.ActionTracing.Contracts;
using FeatureManagement.ActionTracing.OtherStore;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>A store of another assembly, which sees the public API alone.</summary>
public sealed class OtherStoreTests : StoreContractTests
{
    protected override IActionTracingStore Store { get; } = new ListStore();

    [Fact]
    public void Assembly_OfTheStore_SeesNoInternals() => Assert.DoesNotContain(
        typeof(IActionTracingStore).Assembly.GetCustomAttributesData(),
        attribute => attribute.ConstructorArguments is [{ Value: string friend }] && friend == typeof(ListStore).Assembly.GetName().Name);

    [Theory]
    [InlineData("State")]
    [InlineData("Units")]
    [InlineData("Evaluations")]
    public void Start_WithAMissingPart_FailsAndNamesIt(string missing)
    {
        var store = new ListStore
        {
            State = missing == "State" ? null! : new ListState(),
            Units = missing == "Units" ? null! : new ListUnits(),
            Evaluations = missing == "Evaluations" ? null! : new ListEvaluations(),
        };
        using var services = new FlagServices([Flag.On("flag")], before: added => added.AddSingleton<IActionTracingStore>(store));
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => services.Provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>().Count());
        Assert.StartsWith(
            $"The store FeatureManagement.ActionTracing.OtherStore.ListStore has no part {missing}: IActionTracingStore.{missing} is null.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registration_OfOneStore_KeepsEvaluationsUnitsAndState()
    {
        var store = new ListStore();
        using var services = new FlagServices([Flag.On("flag")], before: added => added.AddSingleton<IActionTracingStore>(store));
        await services.Manager.EmergencyShutdownAsync("flag", new FlagChange("ann", "test"));
        Assert.Single(await store.State.ReadAuditAsync(new AuditQuery { Action = "emergency" }, default));
        await store.Evaluations.WriteAsync([new EvaluationAuditEntry { At = default, Flag = "flag", IsEnabled = true, Instance = "n" }], default);
        Assert.Single(await services.Get<IEvaluationAudit>().QueryAsync(new EvaluationAuditQuery()));
    }

    [Fact]
    public async Task Contract_ABrokenStore_IsFound()
    {
        var store = new ListStore { Evaluations = new Forgetful() };
        StoreContractException found = await Assert.ThrowsAsync<StoreContractException>(
            () => StoreContract.Find("Evaluations: anything comes back numbered, the newest first").RunAsync(store));
        Assert.Contains("expected: [EvaluationAuditEntry { Number = 3", found.Message, StringComparison.Ordinal);
    }

    private sealed class Forgetful : IEvaluationStore
    {
        public Task WriteAsync(IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<EvaluationAuditEntry>>([]);

        public Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
