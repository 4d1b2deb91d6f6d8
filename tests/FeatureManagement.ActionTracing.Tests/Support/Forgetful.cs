using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A session manager that knows nothing: with it, Microsoft.FeatureManagement sees every evaluation.</summary>
internal sealed class Forgetful : ISessionManager
{
    public Task SetAsync(string featureName, bool enabled) => Task.CompletedTask;

    public Task<bool?> GetAsync(string featureName) => Task.FromResult<bool?>(null);
}
