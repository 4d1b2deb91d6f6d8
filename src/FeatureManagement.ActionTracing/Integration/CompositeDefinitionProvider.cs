using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>Provides our flags and those of the inner provider. Where both define a name, ours is used.</summary>
internal sealed class CompositeDefinitionProvider(
    FlagEvaluator evaluator, IFeatureDefinitionProvider inner, EvaluationWarnings warnings,
    AmbientAction action) : IFeatureDefinitionProvider
{
    private volatile FlagFeatureDefinitions _definitions = new(evaluator.Snapshot, action);

    public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName)
    {
        FlagFeatureDefinitions definitions = Current();
        int place = definitions.Snapshot.PlaceOf(featureName);
        if (place >= 0)
            return definitions.Get(place);

        Task<FeatureDefinition> theirs = inner.GetFeatureDefinitionAsync(featureName);
        if (theirs.IsCompletedSuccessfully && theirs.Result is null)
            warnings.UnknownFlag(featureName, definitions.Snapshot);
        return theirs;
    }

    public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
    {
        FlagFeatureDefinitions definitions = Current();
        for (int i = 0; i < definitions.Snapshot.Flags.Length; i++)
            if (!definitions.Snapshot.Flags[i].Effective.IsBuiltIn) // applications publish this list
                yield return await definitions.Get(i).ConfigureAwait(false);
        await foreach (FeatureDefinition theirs in inner.GetAllFeatureDefinitionsAsync().ConfigureAwait(false))
            if (theirs?.Name is null || definitions.Snapshot.PlaceOf(theirs.Name) < 0)
                yield return theirs!;
    }

    private FlagFeatureDefinitions Current()
    {
        FlagFeatureDefinitions definitions = _definitions;
        FlagSnapshot snapshot = evaluator.Snapshot;
        if (ReferenceEquals(definitions.Snapshot, snapshot))
            return definitions;
        return _definitions = new FlagFeatureDefinitions(snapshot, action);
    }
}
