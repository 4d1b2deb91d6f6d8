using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A clock whose wall-clock time a test adjusts, as an administrator does. Timers and timestamps go on.</summary>
internal sealed class AdjustableClock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero))
{
    /// <summary>How far the wall clock is from the time that has passed.</summary>
    public TimeSpan Adjustment { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Adjustment;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
