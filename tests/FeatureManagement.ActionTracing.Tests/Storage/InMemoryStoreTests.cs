using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Storage;

public sealed class InMemoryStoreTests : StoreContractTests
{
    protected override IActionTracingStore Store { get; } = new InMemoryStore();
}
