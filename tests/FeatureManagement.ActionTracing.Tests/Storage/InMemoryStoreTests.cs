using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Tests.Storage;

public sealed class InMemoryStoreTests : StoreContract
{
    protected override IActionTracingStore Store { get; } = new InMemoryStore();
}
