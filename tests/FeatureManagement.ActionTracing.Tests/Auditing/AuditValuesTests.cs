using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Storage.Audit;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>What an audit entry says of a flag before and after a change.</summary>
public class AuditValuesTests
{
    private const string Plain = """{"state":"enabled","percentage":0,"source":"configuration"}""";

    private static readonly FlagDefinition None = Flag.On("f");

    public static TheoryData<string, FlagDefinition?, FlagDefinition?, string?, string?> Changes => new()
    {
        { "nothing", None, None, Plain, Plain },
        { "a new flag", null, None, null, Plain },
        { "a flag that is gone", None, null, Plain, null },
        { "the whitelist", None with { Whitelist = ["a", "b"] }, None with { Whitelist = ["b", "c"] },
            With("""whitelist":{"count":2,"removed":["a"]}"""), With("""whitelist":{"count":2,"added":["c"]}""") },
        { "the same whitelist", None with { Whitelist = ["a"] }, None with { Whitelist = ["a"] }, Plain, Plain },
        { "an order", None with { Whitelist = ["a", "b"] }, None with { Whitelist = ["b", "a"] },
            With("""whitelist":{"count":2}"""), With("""whitelist":{"count":2}""") },
        { "groups", None with { Groups = ["a"] }, None, With("""groups":{"count":1,"removed":["a"]}"""), With("""groups":{"count":0}""") },
        { "a new flag with lists", null, None with { Whitelist = ["a"], Groups = ["g"] },
            null, With("""whitelist":{"count":1,"added":["a"]},"groups":{"count":1,"added":["g"]}""") },
        { "a flag with lists that is gone", None with { Whitelist = ["a"] }, null, With("""whitelist":{"count":1,"removed":["a"]}"""), null },
        { "a parent", None, None with { Parent = "p" }, Plain, With("""parent":"p" """.Trim()) },
        { "another parent", None with { Parent = "o" }, None with { Parent = "p" }, With("""parent":"o" """.Trim()), With("""parent":"p" """.Trim()) },
        { "the same parent", None with { Parent = "p" }, None with { Parent = "p" }, Plain, Plain },
        { "a new flag with a parent and a priority", null, None with { Parent = "p", Priority = 2 }, null, With("""parent":"p","priority":2""") },
        { "a priority", None with { Priority = 1 }, None with { Priority = 2 }, With("""priority":1"""), With("""priority":2""") },
        { "the same priority", None with { Priority = 1 }, None with { Priority = 1 }, Plain, Plain },
        { "weights", Weights(1, 1), Weights(1, 2), With("""weights":{"a":1,"b":1}"""), With("""weights":{"a":1,"b":2}""") },
        { "the same weights", Weights(1, 1), Weights(1, 1), Plain, Plain },
        { "no variants any more", Weights(1), None, With("""weights":{"a":1}"""), With("""weights":{}""") },
        { "a new flag with variants", null, Weights(1, 1), null, With("""weights":{"a":1,"b":1}""") },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Of_AChange_HasStateAndPercentageAndWhatDiffers(
        string what, FlagDefinition? before, FlagDefinition? after, string? expectedBefore, string? expectedAfter) =>
        Assert.Equal((what, expectedBefore, expectedAfter), (what, Of(before, after).Before, Of(before, after).After));

    // A name of n letters takes n + 3 bytes of a list, and 15 more with a weight; 500 bytes are there.
    [Theory]
    [InlineData(5, 97, 5)]
    [InlineData(5, 98, 4)]
    [InlineData(6, 97, 5)]
    [InlineData(1, 100, 1)]
    public void Of_ALongList_NamesWhatFitsAndCountsTheRest(int values, int length, int named)
    {
        string[] list = [.. Enumerable.Range(0, values).Select(i => new string((char)('a' + i), length))];
        string more = named == values ? "" : $",\"more\":{values - named}";
        string names = string.Join(',', list.Take(named).Select(name => $"\"{name}\""));
        (string? before, string? after) = Of(None with { Whitelist = list }, None with { Groups = list });
        Assert.Equal(With($$"""whitelist":{"count":{{values}},"removed":[{{names}}]{{more}}},"groups":{"count":0}"""), before);
        Assert.Equal(With($$"""whitelist":{"count":0},"groups":{"count":{{values}},"added":[{{names}}]{{more}}}"""), after);
    }

    [Theory]
    [InlineData(5, 82, 5)]
    [InlineData(5, 83, 4)]
    public void Of_ManyVariants_HasTheWeightsThatFitAndCountsTheRest(int variants, int length, int named)
    {
        FlagDefinition flag = Flag.Variants(
            "f", FlagState.Enabled, [.. Enumerable.Range(0, variants).Select(i => (new string((char)('a' + i), length), 1m))]);
        string weights = string.Join(',', flag.Variants.Take(named).Select(variant => $"\"{variant.Name}\":1"));
        string more = named == variants ? "" : $",\"moreWeights\":{variants - named}";
        Assert.Equal(With($$"""weights":{{{weights}}}{{more}}"""), Of(null, flag).After);
    }

    [Theory]
    [InlineData(FlagState.Canary, "canary 12.5 %")]
    [InlineData(FlagState.Rollout, "rollout 12.5 %")]
    [InlineData(FlagState.Enabled, "enabled")]
    [InlineData(FlagState.EmergencyOff, "emergency_off")]
    public void Short_AFlag_IsItsStateAndItsPercentageWhereThatDecides(FlagState state, string expected)
    {
        Assert.Equal(expected, AuditValues.Short(Effective(Flag.Percentage("f", 12.5m) with { State = state })));
        Assert.Equal("no flag", AuditValues.Short(null));
    }

    private static FlagDefinition Weights(params decimal[] weights) =>
        Flag.Variants("f", FlagState.Enabled, [.. weights.Select((weight, i) => ($"{(char)('a' + i)}", weight))]) with { Type = FlagType.Boolean };

    private static string With(string rest) => Plain[..^1] + ",\"" + rest + "}";

    private static (string? Before, string? After) Of(FlagDefinition? before, FlagDefinition? after) =>
        AuditValues.Of(before is null ? null : Effective(before), after is null ? null : Effective(after));

    private static EffectiveFlag Effective(FlagDefinition flag) => EffectiveFlag.Of(flag, FlagSource.Configuration);
}
