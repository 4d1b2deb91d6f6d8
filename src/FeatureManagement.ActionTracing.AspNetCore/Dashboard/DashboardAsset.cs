using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>A file that the page loads. Immutable.</summary>
internal sealed record DashboardAsset(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
