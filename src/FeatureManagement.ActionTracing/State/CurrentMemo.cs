using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.State;

/// <summary>The memo of variant assignments, where settings have it. Renewed under the lock of <see cref="SnapshotSource"/>.</summary>
internal sealed class CurrentMemo(TimeProvider time) : IDisposable
{
    private volatile VariantMemo? _value;

    public VariantMemo? Value => _value;

    public void Renew_NeedsLock(FeatureFlagSettings? before, FeatureFlagSettings now)
    {
        if (before is not null && before.CacheEnabled == now.CacheEnabled && before.CacheTtl == now.CacheTtl)
            return;
        _value?.Dispose();
        if (now.CacheEnabled)
            _value = new VariantMemo(now.CacheTtl, time);
        else
            _value = null;
    }

    public void Dispose() => _value?.Dispose();
}
