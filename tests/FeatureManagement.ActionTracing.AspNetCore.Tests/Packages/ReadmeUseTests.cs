using FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Packages;

/// <summary>README's section "Use it", done by a newcomer word for word: pack, feed, new project, add, paste, run, ask.</summary>
[Collection(OnePack.Name)]
[Trait("Speed", "Slow")]
public sealed class ReadmeUseTests(PackedRepository repository)
{
    private const string Address = "http://localhost:5090";

    [Fact]
    public async Task CommandsAndCode_RunAsTheyAre_GiveAnApplicationThatAnswers()
    {
        string[] commands = Markdown.Blocks(repository.Use, "sh");
        Assert.Equal(4, commands.Length); // pack, create, run, ask
        await repository.RunAsync(repository.Root, "sh", "-ec", commands[1]);
        string shop = Path.GetFullPath(Path.Combine(repository.Root, "..", "shop"));
        string settings = Path.Combine(shop, "appsettings.json");
        await File.WriteAllTextAsync(Path.Combine(shop, "Program.cs"), Assert.Single(Markdown.Blocks(repository.Use, "csharp")));
        await File.WriteAllTextAsync(settings, Assert.Single(Markdown.Blocks(repository.Use, "json")));

        // Any free port instead of the one that a newcomer types.
        string run = commands[2].Replace(Address, "http://127.0.0.1:0", StringComparison.Ordinal);
        using SampleProcess app = await SampleProcess.StartAsync(CommandLine.Describe(shop, repository.Environment, "sh", "-ec", run));
        string path = commands[3].Trim().Replace($"curl {Address}", "", StringComparison.Ordinal);
        Assert.Contains(await app.GetAsync(path), (string[])["old", "new"]);

        Assert.Contains("Change `\"percentage\": 5` to `100`", repository.Use, StringComparison.Ordinal);
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace("\"percentage\": 5", "\"percentage\": 100", StringComparison.Ordinal));
        for (int visitor = 0; visitor < 5; visitor++)
            await Eventually.EqualAsync("new", () => app.GetAsync(path));
        Assert.Contains($"<{Address}/action-tracing/>", repository.Use, StringComparison.Ordinal);
        Assert.Contains("<!doctype html>", await app.GetAsync("/action-tracing/"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("new_checkout", await app.GetAsync("/action-tracing/api/flags"), StringComparison.Ordinal);
    }
}
