using FeatureManagement.ActionTracing.Contracts;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>Runs the contract against a store.</summary>
public abstract class StoreContractTests
{
    /// <summary>A store without content; each test gets one.</summary>
    protected abstract IActionTracingStore Store { get; }

    public static TheoryData<string> Cases => [.. StoreContract.Cases.Select(found => found.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Store_KeepsTheContract(string name) => StoreContract.Find(name).RunAsync(Store);

    protected static AuditEntry Entry(string action, string? flag) => new()
    {
        At = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero),
        Action = action,
        Flag = flag,
        Actor = "ann",
        Source = ChangeSource.Code,
        Instance = "node",
    };
}
