using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Filters;
using FeatureManagement.ActionTracing.Integration;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Composition;

internal static class IntegrationServices
{
    public static void AddIntegration(this IFeatureManagementBuilder builder)
    {
        builder.Services.TryAddSingleton<FilterRules>();
        builder.Services.AddHostedService<FlagStartup>();
        builder
            .AddFeatureFilter<EmergencyOffFilter>().AddFeatureFilter<ContextualEmergencyOffFilter>()
            .AddFeatureFilter<HierarchyFilter>().AddFeatureFilter<ContextualHierarchyFilter>()
            .AddFeatureFilter<DevelopmentStateFilter>().AddFeatureFilter<ContextualDevelopmentStateFilter>()
            .AddFeatureFilter<WhitelistFilter>().AddFeatureFilter<ContextualWhitelistFilter>()
            .AddFeatureFilter<PercentageFilter>().AddFeatureFilter<ContextualPercentageFilter>();

        builder.Services.Decorate<IFeatureDefinitionProvider>(provider => ActivatorUtilities.CreateInstance<CompositeDefinitionProvider>(
            provider, provider.GetInner<IFeatureDefinitionProvider>()));
        builder.Services.Decorate<IFeatureManager>(Manager);
        builder.Services.Decorate<IVariantFeatureManager>(Manager);
        builder.Services.Decorate<IFeatureManagerSnapshot>(Snapshot);
        builder.Services.Decorate<IVariantFeatureManagerSnapshot>(Snapshot);
    }

    private static ActionTracingFeatureManager Manager(IServiceProvider provider)
    {
        IFeatureManager inner = provider.GetInner<IFeatureManager>();
        IVariantFeatureManager innerVariants = provider.GetInner<IVariantFeatureManager>();
        bool sessions = provider.GetServices<ISessionManager>().Any();
        return new(
            provider.GetRequiredService<SnapshotSource>(),
            provider.GetRequiredService<FlagEvaluator>(),
            provider.GetRequiredService<AmbientContext>(),
            provider.GetRequiredService<EvaluationWarnings>(),
            inner,
            innerVariants,
            new DelegatedEvaluator(
                provider.GetRequiredService<FlagEvaluator>(), inner, innerVariants,
                sessions ? new(() => WithoutSessions(provider)) : null));
    }

    private static FeatureManager WithoutSessions(IServiceProvider provider) => new(
        provider.GetRequiredService<IFeatureDefinitionProvider>(), provider.GetRequiredService<IOptions<FeatureManagementOptions>>().Value)
    {
        FeatureFilters = [.. provider.GetServices<IFeatureFilterMetadata>()],
        AssignerOptions =
            provider.GetRequiredService<IOptions<Microsoft.FeatureManagement.FeatureFilters.TargetingEvaluationOptions>>().Value,
    };

    private static ActionTracingFeatureManagerSnapshot Snapshot(IServiceProvider provider) => new(
        provider.GetRequiredService<FlagEvaluator>(),
        provider.GetRequiredService<AmbientContext>(),
        provider.GetRequiredService<AmbientAction>(),
        provider.GetRequiredService<IFeatureManager>(),
        provider.GetRequiredService<IVariantFeatureManager>(),
        provider.GetInner<IFeatureManagerSnapshot>(),
        provider.GetInner<IVariantFeatureManagerSnapshot>());
}
