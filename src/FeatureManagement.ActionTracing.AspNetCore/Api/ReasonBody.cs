namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The body of a change that has only a reason.</summary>
internal sealed record ReasonBody
{
    public string? Reason { get; init; }
}
