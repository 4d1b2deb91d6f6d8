using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>A file of the page. Immutable.</summary>
internal sealed record DashboardAsset(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
