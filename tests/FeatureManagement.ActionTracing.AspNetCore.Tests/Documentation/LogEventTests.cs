using System.Reflection;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>docs/events.md lists every log event of the packages, and every id is a constant.</summary>
public class LogEventTests
{
    private static readonly LoggerMessageAttribute[] Events =
    [
        .. new[] { typeof(EventIds), typeof(ActionTracingWebOptions), typeof(SqliteActionTracingBuilderExtensions) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(log => log.EventId),
    ];

    [Fact]
    public async Task Page_ListsEveryEvent()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "events.md"));
        string[] listed = [.. page.Split('\n').Where(line => line.Length > 2 && line[0] == '|' && char.IsDigit(line[2]))];
        string[] expected = [.. Events.Select(log => $"| {log.EventId} | `{log.EventName}` | {(log.Level == LogLevel.None ? "by the reason" : log.Level.ToString())} | {log.Message.Replace("|", "\\|", StringComparison.Ordinal)} |")];
        Assert.NotEmpty(expected);
        Assert.True(expected.SequenceEqual(listed), "docs/events.md must have exactly these rows:\n" + string.Join('\n', expected));
    }

    [Fact]
    public void Ids_AreTheConstants()
    {
        (string?, int)[] constants = [.. typeof(EventIds).GetFields().Select(field => ((string?)field.Name, (int)field.GetRawConstantValue()!)).OrderBy(one => one.Item2)];
        Assert.Equal(constants, Events.Select(log => (log.EventName, log.EventId)).Distinct());
        Assert.Equal(constants.Length, constants.DistinctBy(one => one.Item2).Count());
    }
}
