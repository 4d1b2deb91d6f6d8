using System.Diagnostics;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Architecture;

/// <summary>The words that the glossary replaces, as <c>.ci/words</c> finds them.</summary>
public sealed class WordsTests
{
    private static readonly string[] Places = ["src", "tests"];
    private static readonly string Lists = Path.Combine(SourceText.Root, ".ci", "vocabulary");

    [LinuxFact]
    public void Words_OfTheRepository_AreThoseOfTheGlossary()
    {
        (int exit, string output) = Run(Path.Combine(SourceText.Root, ".ci", "words"));
        Assert.True(exit == 0, output);
    }

    [LinuxFact]
    public void Words_SeededInASourceAndInATest_AreFoundEachByItsLine()
    {
        using var copy = new TempDirectory();
        string lists = Directory.CreateDirectory(copy.File(".ci/vocabulary")).FullName;
        File.Copy(Path.Combine(SourceText.Root, ".ci", "words"), copy.File(".ci/words"));
        foreach (string list in new[] { "words.tsv", "exceptions.tsv" })
            File.Copy(Path.Combine(Lists, list), Path.Combine(lists, list));
        foreach (string place in Places)
            Directory.CreateDirectory(copy.File(place));
        copy.Write("src/Clean.cs", "// The rollout is on hold.");
        Assert.Equal((0, ""), Run(copy.File(".ci/words")));

        string[][] words = [.. Rows("words.tsv")];
        foreach (string place in Places)
            copy.Write($"{place}/Seeded.cs", string.Concat(words.Select(row => $"// {row[3]}\n")));
        (int exit, string output) = Run(copy.File(".ci/words"));
        Assert.Equal(1, exit);
        Assert.All(words.Index(), word =>
        {
            string found = output[output.IndexOf($"'{word.Item[0]}' (", StringComparison.Ordinal)..];
            found = found[..(found + "\n'").IndexOf("\n'", StringComparison.Ordinal)];
            foreach (string place in Places)
                Assert.Contains($"\n  {place}/Seeded.cs:{word.Index + 1}:", found, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Exceptions_EachOne_HasAReason() => Assert.All(Rows("exceptions.tsv"), row => Assert.True(row is [_, { Length: > 10 }], row[0]));

    private static IEnumerable<string[]> Rows(string list) =>
        File.ReadLines(Path.Combine(Lists, list)).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));

    private static (int Exit, string Output) Run(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true })!; // a program was named
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
