namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>On an endpoint: people open it in a browser. Who is unknown is asked to sign in, where the application has a way to.</summary>
internal sealed class OpenedByPeople
{
    public static readonly OpenedByPeople Instance = new();
}
