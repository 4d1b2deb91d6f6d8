using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>On an endpoint: the right that it needs, where its methods do not tell.</summary>
internal sealed record NeedsRight(AccessRight Right)
{
    public static readonly NeedsRight Read = new(AccessRight.Read);

    public static readonly NeedsRight Emergency = new(AccessRight.Emergency);

    /// <summary>The right that an endpoint needs: its own, else a write for any method that is not GET or HEAD.</summary>
    public static AccessRight Of(IEnumerable<object> metadata)
    {
        if (metadata.OfType<NeedsRight>().LastOrDefault() is { } stated)
            return stated.Right;
        bool writes = metadata.OfType<IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Any(method => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)));
        return writes ? AccessRight.Write : AccessRight.Read;
    }
}
