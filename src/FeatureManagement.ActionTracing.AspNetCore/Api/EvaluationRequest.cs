namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>For whom a flag is to be explained. In a body rather than in an address, where access logs would keep the ids.</summary>
internal sealed record EvaluationRequest
{
    public static readonly EvaluationRequest Nobody = new();

    public string? UserId { get; init; }

    public string? SessionId { get; init; }

    public string? RequestId { get; init; }

    public IReadOnlyList<string?>? Groups { get; init; }

    public FeatureFlagContext ToContext() => new()
    {
        UserId = UserId,
        SessionId = SessionId,
        RequestId = RequestId,
        Groups = [.. (Groups ?? []).OfType<string>().SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
    };
}
