namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The context for which a flag is explained. It may come in a body, because access logs keep addresses with their ids.
/// </summary>
internal sealed record EvaluationRequest
{
    public static readonly EvaluationRequest Empty = new();

    public string? UserId { get; init; }

    public string? SessionId { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Groups. An entry may be a list that is separated by commas.</summary>
    public IReadOnlyList<string?>? Groups { get; init; }

    public FeatureFlagContext ToContext() => new()
    {
        UserId = UserId,
        SessionId = SessionId,
        RequestId = RequestId,
        Groups = [.. (Groups ?? []).OfType<string>().SelectMany(Split)],
    };

    private static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
