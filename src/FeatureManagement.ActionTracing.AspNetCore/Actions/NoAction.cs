namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Endpoint metadata: requests to the endpoint are not actions.</summary>
internal sealed class NoAction
{
    public static readonly NoAction Instance = new();
}
