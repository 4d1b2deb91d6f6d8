using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Endpoint metadata: the right that an endpoint needs, where its HTTP methods do not decide it.</summary>
internal sealed record RequiredRight(AccessRight Right)
{
    public static readonly RequiredRight Read = new(AccessRight.Read);

    public static readonly RequiredRight Emergency = new(AccessRight.Emergency);

    /// <summary>
    /// The right of the metadata, else <see cref="AccessRight.Write"/> for a method other than GET and HEAD.
    /// </summary>
    public static AccessRight Of(IEnumerable<object> metadata)
    {
        if (metadata.OfType<RequiredRight>().LastOrDefault() is { } stated)
            return stated.Right;
        if (HasWriteMethod(metadata))
            return AccessRight.Write;
        return AccessRight.Read;
    }

    /// <summary>Whether the endpoint has a method other than GET and HEAD, and so a body.</summary>
    public static bool HasWriteMethod(IEnumerable<object> metadata) => metadata
        .OfType<IHttpMethodMetadata>()
        .SelectMany(methods => methods.HttpMethods)
        .Any(method => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method));
}
