using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>The user whom the header <c>X-User</c> names.</summary>
internal sealed class HeaderUser(IHttpContextAccessor http) : ITargetingContextAccessor
{
    public ValueTask<TargetingContext> GetContextAsync() => new(new FeatureFlagContext { UserId = http.HttpContext?.Request.Headers["X-User"] });

    /// <summary>Controllers of this project, for users of that header.</summary>
    public static void Serve(IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<ITargetingContextAccessor, HeaderUser>();
        services.AddMvcCore().AddApplicationPart(typeof(HeaderUser).Assembly);
        services.AddLogging();
    }
}
