namespace FeatureManagement.ActionTracing.Sample;

/// <summary>What a shop waits for while it answers: a search index, a carrier.</summary>
internal static class Backend
{
    private const int Shortest = 10;
    private const int Longest = 30;

    public static Task AskAsync(CancellationToken cancellationToken) =>
        Task.Delay(Random.Shared.Next(Shortest, Longest), cancellationToken);
}
