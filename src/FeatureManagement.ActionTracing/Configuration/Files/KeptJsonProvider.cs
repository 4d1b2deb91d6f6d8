using System.Text.Json;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Configuration.Json;

namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>Reads a JSON file, and keeps its last content where the file cannot be read.</summary>
internal sealed class KeptJsonProvider(KeptJsonSource source, KeptFiles files) : JsonConfigurationProvider(source)
{
    private const int MaxReason = 300;

    private bool _started;

    /// <summary>The fault of the file, as a sentence; null after it was read.</summary>
    public string? Fault { get; private set; }

    public override void Load()
    {
        base.Load();
        _started = true;
    }

    public override void Load(Stream stream)
    {
        try
        {
            if (stream is UnreadableFile unreadable)
                throw new FormatException(unreadable.Reason);
            if (stream is { CanSeek: true, Length: 0 })
                throw new FormatException("it is empty");
            base.Load(stream);
            files.KeepsMissing = true;
            Fault = null;
        }
        // At the start the host must fail. Later .NET would empty the provider without an error.
        catch (Exception exception) when (_started)
        {
            Fault = $"{Source.Path} cannot be read: {ReasonOf(exception)}; its last content stays in force.";
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            files.Dispose();
    }

    internal static string ReasonOf(Exception exception)
    {
        Exception cause = exception.GetBaseException();
        if (cause is JsonException { LineNumber: { } line })
            return $"{Shown(cause.Message.Split(" LineNumber:", 2)[0])} (line {line + 1})";
        return Shown(cause.Message);

        // .NET quotes keys of any length.
        static string Shown(string message) => ForeignText.Cut(ForeignText.Escape(message.TrimEnd('.')), MaxReason);
    }
}
