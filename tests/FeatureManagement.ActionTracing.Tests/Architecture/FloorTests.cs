namespace FeatureManagement.ActionTracing.Tests.Architecture;

/// <summary>The floors of docs/architecture.md: a folder refers to lower floors only, and to its neighbours in one direction.</summary>
public class FloorTests
{
    private const string Root = "FeatureManagement.ActionTracing";
    private const string Seam = "FeatureManagement.ActionTracing.Storage";
    private const int MaxFiles = 25;

    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Diagnostics"] = 1,
        ["Flags"] = 1,
        ["Statistics"] = 1,
        ["Configuration"] = 2,
        ["Evaluation"] = 2,
        ["State"] = 3,
        ["Storage"] = 3,
        ["Changes"] = 4,
        ["Actions"] = 4,
        ["Auditing"] = 4,
        ["Rollouts"] = 5,
        ["Experiments"] = 5,
        ["Filters"] = 5,
        ["Answering"] = 5,
        ["Integration"] = 6,
        ["Management"] = 6,
        ["Tracing"] = 6,
        ["Gating"] = 7,
        ["Composition"] = 7,
    };

    [Fact]
    public void Folders_AreOnAFloor() =>
        Assert.Equal(Floors.Keys.Order(), SourceReferences.Project.Files.Select(FolderOf).Distinct().Order());

    [Fact]
    public void References_ToAHigherFloor_None() => Assert.Empty(Upward(SourceReferences.Project));

    [Fact]
    public void References_BetweenFolders_MakeNoCircle() => Assert.Empty(InCircles(SourceReferences.Project));

    [Fact]
    public void Folders_WithoutSubfolders_HaveFewFiles() =>
        Assert.DoesNotContain(SourceReferences.Project.Files.CountBy(file => Path.GetDirectoryName(file)!), folder => folder.Value > MaxFiles);

    [Fact]
    public void Namespaces_AreTheFolders_ButForPublicTypes()
    {
        var wrong =
            from type in SourceReferences.Project.Types()
            let folder = $"{Root}.{Path.GetDirectoryName(type.File)!.Replace('/', '.').Replace('\\', '.')}"
            where type.Namespace != folder && !(type.IsPublic && type.Namespace is Root or Seam)
            select $"{type.File}: {type.Namespace}";
        Assert.Empty(wrong.Distinct());
    }

    /// <summary>What the rules must find, wherever it hides.</summary>
    [Theory]
    [InlineData("private object? _field = null; private FeatureManagement.ActionTracing.Rollouts.RolloutLoop? _loop;")]
    [InlineData("private static string Body() { return nameof(FeatureManagement.ActionTracing.Rollouts.RolloutLoop); }")]
    [InlineData("private static object Body(IRolloutManager rollouts) { var started = rollouts.PauseAsync(\"f\", null!); return started; }")]
    public void UpwardReference_Seeded_IsFound(string member)
    {
        SourceReferences seeded = SourceReferences.Project.With("Flags/Seeded.cs", $"namespace {Root}.Flags; internal sealed class Seeded {{ {member} }}");
        Assert.Contains(Upward(seeded), found => found.StartsWith("Flags/Seeded.cs → Rollouts/", StringComparison.Ordinal));
    }

    [Fact]
    public void Circle_Seeded_IsFound()
    {
        // Both are on one floor, and Configuration refers to Evaluation already.
        SourceReferences seeded = SourceReferences.Project.With(
            "Evaluation/Seeded.cs", $"namespace {Root}.Evaluation; internal sealed class Seeded {{ private Configuration.FeatureFlagSettings? _settings; }}");
        Assert.Empty(Upward(seeded));
        Assert.Contains(InCircles(seeded), folder => folder.StartsWith("Evaluation", StringComparison.Ordinal));
    }

    private static string FolderOf(string file) => file.Split('/')[0];

    private static IEnumerable<string> Upward(SourceReferences references) =>
        from reference in references.All
        where reference.To.Length > 0 && Floors[FolderOf(reference.From)] < Floors[FolderOf(reference.To)]
        select $"{reference.From} → {reference.To}";

    // A circle is between folders of one floor, where no reference goes upward.
    private static IEnumerable<string> InCircles(SourceReferences references)
    {
        ILookup<string, string> to = references.All
            .Select(reference => (From: FolderOf(reference.From), To: FolderOf(reference.To)))
            .Where(pair => pair.From != pair.To)
            .Distinct()
            .ToLookup(pair => pair.From, pair => pair.To);
        return Floors.Keys.Where(folder => Reached(folder).Contains(folder)).Select(folder => $"{folder} refers to {string.Join(", ", to[folder])}");

        HashSet<string> Reached(string folder)
        {
            HashSet<string> reached = [];
            var next = new Stack<string>(to[folder]);
            while (next.TryPop(out string? one))
                if (reached.Add(one))
                    foreach (string further in to[one])
                        next.Push(further);
            return reached;
        }
    }
}
