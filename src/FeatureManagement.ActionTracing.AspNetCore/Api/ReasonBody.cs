namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Why something is done. Every change needs a reason.</summary>
internal sealed record ReasonBody
{
    public string? Reason { get; init; }
}
