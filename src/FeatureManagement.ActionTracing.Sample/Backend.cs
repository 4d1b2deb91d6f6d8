namespace FeatureManagement.ActionTracing.Sample;

/// <summary>Simulates a slow dependency of the shop, such as a search index or a carrier.</summary>
internal static class Backend
{
    private const int MinMilliseconds = 10;
    private const int MaxMilliseconds = 30;

    public static Task CallAsync(CancellationToken cancellationToken) =>
        Task.Delay(Random.Shared.Next(MinMilliseconds, MaxMilliseconds), cancellationToken);
}
