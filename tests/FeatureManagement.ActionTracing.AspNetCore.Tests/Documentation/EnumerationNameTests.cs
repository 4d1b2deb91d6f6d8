using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>The pages and the schema name the values of enumerations as HTTP, the audit and the store spell them.</summary>
public partial class EnumerationNameTests
{
    [Fact]
    public async Task Verdicts_OfTheTableInExperiments_AreThoseOfTheEnumeration()
    {
        string[] listed = [.. Verdict().Matches(await ReadAsync("docs", "experiments.md")).Select(match => match.Groups[1].Value)];

        Assert.Equal(FlagSpelling.All<ExperimentVerdict>(), listed);
        Assert.All(Enum.GetValues<ExperimentVerdict>(), AssertSpelled);
    }

    [Fact]
    public async Task Phases_OfRollouts_AreOnThePage()
    {
        await AssertOnPageAsync<RolloutPhase>("rollouts.md");
        Assert.All(Enum.GetValues<RolloutPhase>(), AssertSpelled);
        Assert.All(
            Enum.GetValues<RolloutPhase>(),
            phase => Assert.Equal(FlagSpelling.Write(phase), JsonSerializer.SerializeToNode(phase, ApiJson.Default.RolloutPhase)!.GetValue<string>()));
    }

    [Fact]
    public Task Sources_OfAuditedChanges_AreOnThePage() => AssertOnPageAsync<ChangeSource>("audit.md");

    [Fact]
    public async Task Values_OfConfiguration_AreOnThePageAndInTheSchema()
    {
        JsonNode schema = JsonNode.Parse(await ReadAsync("appsettings.schema.json"))!;
        string[][] lists = [.. Lists(schema)];
        await AssertAsync<FlagType>();
        await AssertAsync<FlagState>();
        await AssertAsync<MetricKind>();
        await AssertAsync<MetricRole>();
        await AssertAsync<RolloutType>();
        await AssertAsync<RollbackTarget>();

        async Task AssertAsync<T>() where T : struct, Enum
        {
            await AssertOnPageAsync<T>("configuration.md");
            string[] names = [.. FlagSpelling.All<T>().Order(StringComparer.Ordinal)];
            Assert.Contains(lists, list => list.SequenceEqual(names));
        }
    }

    // The store, and the results of experiments over HTTP.
    private static void AssertSpelled<T>(T value) where T : struct, Enum =>
        Assert.Equal($"\"{FlagSpelling.Write(value)}\"", StoredJson.Write(value));

    private static async Task AssertOnPageAsync<T>(string name) where T : struct, Enum
    {
        string page = await ReadAsync("docs", name);
        Assert.All(FlagSpelling.All<T>(), value => Assert.Contains($"`{value}`", page, StringComparison.Ordinal));
    }

    /// <summary>The values of each <c>enum</c> of the schema, in order.</summary>
    private static IEnumerable<string[]> Lists(JsonNode? node)
    {
        if (node is JsonObject { } parent && parent["enum"] is JsonArray values)
            yield return [.. values.Select(value => value!.ToString()).Order(StringComparer.Ordinal)];
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (string[] list in children.SelectMany(Lists))
            yield return list;
    }

    private static Task<string> ReadAsync(params string[] path) => File.ReadAllTextAsync(Path.Combine([Repository.Root, .. path]));

    [GeneratedRegex(@"^\| `([a-z_]+)` \| [^|]+ \| (?:wait|give|keep|do not)", RegexOptions.Multiline)]
    private static partial Regex Verdict();
}
