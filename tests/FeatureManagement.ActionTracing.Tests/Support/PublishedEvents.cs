using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>The evaluation events that Microsoft.FeatureManagement publishes within the current test.</summary>
internal sealed class PublishedEvents : IDisposable
{
    private readonly Activity _test = new("test");
    private readonly ActivityListener _listener;

    public PublishedEvents()
    {
        _test.Start();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.FeatureManagement",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == _test.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _test.TraceId)
                    Published.AddRange(activity.Events.Select(published => published.Tags.ToDictionary()));
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public List<IReadOnlyDictionary<string, object?>> Published { get; } = [];

    public void Dispose()
    {
        _listener.Dispose();
        _test.Dispose();
    }
}
