namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>On an endpoint: a request to it is no action.</summary>
internal sealed class NoAction
{
    public static readonly NoAction Instance = new();
}
