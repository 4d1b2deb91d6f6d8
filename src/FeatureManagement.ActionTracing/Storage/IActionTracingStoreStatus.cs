namespace FeatureManagement.ActionTracing.Storage;

/// <summary>The state of the store, for health checks and the dashboard. A singleton; thread-safe.</summary>
public interface IActionTracingStoreStatus
{
    /// <summary>The state as of now. Each call sees the newest; the value itself never changes.</summary>
    StoreReport Current { get; }
}
