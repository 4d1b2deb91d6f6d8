namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A clock that each flow of control sets for itself, so that actions beside each other last as long as the test says.</summary>
internal sealed class FlowClock : TimeProvider
{
    private readonly AsyncLocal<long> _milliseconds = new();

    public override long TimestampFrequency => 1_000;

    public long Milliseconds
    {
        set => _milliseconds.Value = value;
    }

    public override long GetTimestamp() => _milliseconds.Value;
}
