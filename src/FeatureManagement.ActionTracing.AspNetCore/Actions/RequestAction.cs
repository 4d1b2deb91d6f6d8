namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>On a request: it is an action already. An exception handler may send it through the pipeline once more.</summary>
internal sealed class RequestAction
{
    public static readonly RequestAction Begun = new();
}
