using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>What becomes of an edit: each flag stands alone, and what is wrong keeps its last good state.</summary>
public sealed class ReloadTests
{
    private static readonly System.Collections.Frozen.FrozenDictionary<string, FlagDefinition> BuiltIn = BuiltInFlags.In("Production");

    private CatalogReading _reading = Next(null, Flags());

    [Fact]
    public void NothingChanged_IsTheSameCatalog()
    {
        FlagCatalog before = Edit(Flags(("a", ""), ("b", "")));

        Assert.Same(before, Edit("""{ "ACTIONTRACING": { "FeatureFlags": { "b": { "state": "enabled", "type": "boolean" }, "a": { "type": "boolean", "state": "enabled" } } }, "else": 1 }"""));
    }

    [Fact]
    public void OneFlagChanged_AllOthersAreTheSameObjects()
    {
        FlagCatalog before = Edit(Flags(("a", ""), ("b", "")));
        FlagCatalog after = Edit(Flags(("a", ""), ("b", "\"percentage\": 5")));

        Assert.Same(before.Flags["a"], after.Flags["a"]);
        Assert.Same(before.Flags["emergency_shutdown"], after.Flags["emergency_shutdown"]);
        Assert.Equal(5, after.Flags["b"].Percentage);
        Assert.Same(before.Settings, Edit(Flags(("a", ""))).Settings);
    }

    [Fact]
    public void InvalidFlag_KeepsItsLastGoodDefinition_OthersApply()
    {
        FlagCatalog before = Edit(Flags(("a", "\"percentage\": 1"), ("b", "\"percentage\": 1")));
        FlagCatalog after = Edit(Flags(("a", "\"percentage\": 200"), ("b", "\"percentage\": 2"), ("new", "\"percentage\": 200")));

        Assert.Same(before.Flags["a"], after.Flags["a"]);
        Assert.Equal(2, after.Flags["b"].Percentage);
        Assert.DoesNotContain("new", after.Flags.Keys);
        Assert.Equal(
            ["Flag 'a': percentage is 200; it must be between 0 and 100.", "Flag 'new': percentage is 200; it must be between 0 and 100."],
            Faults);

        // Edits of others do not wake up what is still wrong, and good → bad → good works.
        Assert.Same(before.Flags["a"], Edit(Flags(("a", "\"percentage\": 300"), ("b", ""))).Flags["a"]);
        Assert.Equal(3, Edit(Flags(("a", "\"percentage\": 3"))).Flags["a"].Percentage);
        Assert.Empty(Faults);
    }

    [Fact]
    public void MissingFlag_IsRemoved_ABuiltInOneReturns()
    {
        Edit(Flags(("a", ""), ("b", ""), ("emergency_shutdown", "\"priority\": 7, \"environments\": { \"production\": { \"state\": \"disabled\" } }")));
        Assert.Equal(7, _reading.Catalog.Flags["emergency_shutdown"].Priority);
        FlagCatalog after = Edit(Flags(("a", "")));

        Assert.DoesNotContain("b", after.Flags.Keys);
        Assert.Same(BuiltIn["emergency_shutdown"], after.Flags["emergency_shutdown"]);
        Assert.Contains("emergency_shutdown", after.BuiltIn.AsEnumerable());
        Assert.Empty(Faults);
    }

    [Fact]
    public void InvalidRedefinitionOfABuiltInFlag_LeavesTheBuiltInOne()
    {
        FlagCatalog after = Edit(Flags(("a", ""), ("verbose_tracing", "\"percentage\": 200")));

        Assert.Same(BuiltIn["verbose_tracing"], after.Flags["verbose_tracing"]);
        Assert.Contains("verbose_tracing", after.BuiltIn.AsEnumerable());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "ActionTracing": {} }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": {} } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": "none" } }""")]
    public void EmptySection_IsAFault_AndTheLastGoodOneStands(string content)
    {
        Edit("""{ "ActionTracing": { "featureFlags": { "a": { "type": "boolean", "state": "enabled" } }, "featureFlagSettings": { "cacheTtl": 5 } } }""");
        FlagDefinition a = _reading.Catalog.Flags["a"];
        FlagCatalog after = Edit(content);

        Assert.Same(a, after.Flags["a"]);
        Assert.Contains("ActionTracing.featureFlags is missing or empty; the last good flags stay in force. To remove them all, keep one or restart.", Faults);
        if (content == "{}")
            Assert.Equal(TimeSpan.FromMilliseconds(5), after.Settings.CacheTtl);
        Assert.Same(a, Edit(Flags(("a", ""))).Flags["a"]);
    }

    [Fact]
    public void Settings_StandAlone()
    {
        Edit("""{ "ActionTracing": { "featureFlags": { "a": { "type": "boolean", "state": "enabled" } }, "featureFlagSettings": { "cacheTtl": 5 }, "traceOutput": { "maxFiles": 5 } } }""");
        FlagCatalog after = Edit("""{ "ActionTracing": { "featureFlags": { "a": { "type": "boolean", "state": "disabled" } }, "featureFlagSettings": { "cacheTtl": -5 }, "traceOutput": { "maxFiles": 6 } } }""");

        Assert.Equal(TimeSpan.FromMilliseconds(5), after.Settings.CacheTtl);
        Assert.Equal(6, after.TraceOutput.MaxFiles);
        Assert.Equal(FlagState.Disabled, after.Flags["a"].State);
        Assert.Equal(new FeatureFlagSettings(), Edit(Flags(("a", ""))).Settings);
    }

    [Fact]
    public void VanishedParent_StandsAsLongAsAChildNamesIt()
    {
        FlagCatalog before = Edit(Flags(("grand", ""), ("parent", "\"parent\": \"grand\""), ("child", "\"parent\": \"Parent\""), ("other", "")));
        FlagCatalog after = Edit(Flags(("child", "\"parent\": \"Parent\", \"percentage\": 7"), ("other", "\"percentage\": 7")));

        Assert.Same(before.Flags["child"], after.Flags["child"]);
        Assert.Same(before.Flags["parent"], after.Flags["parent"]);
        Assert.Same(before.Flags["grand"], after.Flags["grand"]);
        Assert.Equal(7, after.Flags["other"].Percentage);
        Assert.Equal(
            [
                "Flag 'child': parent is Parent, and there is no such flag; define it, or remove the parent.",
                "Flag 'grand' is missing while another part of ActionTracing has a fault; its last good definition stays in force. Correct that fault first.",
                "Flag 'parent' is missing, but 'child' still has it as its parent; its last good definition stays in force until 'child' is corrected.",
            ],
            Faults);

        after = Edit(Flags(("child", "\"percentage\": 7"), ("other", "")));
        Assert.Equal(7, after.Flags["child"].Percentage);
        Assert.DoesNotContain("parent", after.Flags.Keys);
        Assert.Empty(Faults);
    }

    [Fact]
    public void NewParentThatIsInvalid_HoldsItsChildrenBack()
    {
        FlagCatalog before = Edit(Flags(("child", "")));
        FlagCatalog after = Edit(Flags(
            ("child", "\"parent\": \"bad\""), ("grandchild", "\"parent\": \"newcomer\""), ("newcomer", "\"parent\": \"bad\""), ("bad", "\"percentage\": 200")));

        Assert.Same(before.Flags["child"], after.Flags["child"]);
        Assert.DoesNotContain("newcomer", after.Flags.Keys);
        Assert.DoesNotContain("grandchild", after.Flags.Keys);
        Assert.Equal(
            [
                "Flag 'bad': percentage is 200; it must be between 0 and 100.",
                "Flag 'child': parent is bad, which has no valid definition; correct that flag first.",
                "Flag 'newcomer': parent is bad, which has no valid definition; correct that flag first.",
                "Flag 'grandchild': parent is newcomer, which has no valid definition; correct that flag first.",
            ],
            Faults);
    }

    [Fact]
    public void Cycle_KeepsAllOfItAsItWas()
    {
        FlagCatalog before = Edit(Flags(("a", ""), ("b", "\"parent\": \"a\""), ("c", "")));
        FlagCatalog after = Edit(Flags(("a", "\"parent\": \"b\""), ("b", "\"parent\": \"a\""), ("c", "\"parent\": \"b\"")));

        Assert.Same(before.Flags["a"], after.Flags["a"]);
        Assert.Same(before.Flags["b"], after.Flags["b"]);
        Assert.Equal("b", after.Flags["c"].Parent);
        Assert.Equal(["Flag 'a': parent makes a cycle: a → b → a; remove the parent from one of them."], Faults);
    }

    [Fact]
    public void NewParent_ThatWouldCloseACycleWithALastGoodDefinition_Waits()
    {
        // As written there is no cycle; but "a" is invalid and keeps its parent "b".
        FlagCatalog before = Edit(Flags(("a", "\"parent\": \"b\""), ("b", "")));
        FlagCatalog after = Edit(Flags(("a", "\"percentage\": 200"), ("b", "\"parent\": \"a\"")));

        Assert.Same(before.Flags["a"], after.Flags["a"]);
        Assert.Same(before.Flags["b"], after.Flags["b"]);
        Assert.Equal(
            [
                "Flag 'a': percentage is 200; it must be between 0 and 100.",
                "Flag 'b': parent makes a cycle with a last good definition: a → b → a; correct the other flags first.",
            ],
            Faults);
        Assert.Equal("a", Edit(Flags(("a", ""), ("b", "\"parent\": \"a\""))).Flags["b"].Parent);
    }

    [Fact]
    public void ChainOfTenThousand_WhoseRootBreaks_IsHeldBackWhole()
    {
        (string, string)[] chain = [.. Enumerable.Range(0, 10_000).Select(i => ($"f{i}", i == 9_999 ? "\"percentage\": 200" : $"\"parent\": \"f{i + 1}\""))];

        FlagCatalog after = Edit(Flags([("kept", ""), .. chain]));

        Assert.Equal(BuiltIn.Count + 1, after.Flags.Count);
        Assert.Equal(10_000, Faults.Count());
    }

    private IEnumerable<string> Faults => _reading.Faults.Select(fault => fault.Message);

    private FlagCatalog Edit(string content) => (_reading = Next(_reading, content)).Catalog;

    private static CatalogReading Next(CatalogReading? before, string content) => CatalogReading.Read(SettingReader.Read(Layers.Of(content)), "Production", BuiltIn, before);

    private static string Flags(params (string Name, string Fields)[] flags) => Layers.Flags(string.Join(',', flags.Select(flag => Layers.Flag(flag.Name, flag.Fields))));
}
