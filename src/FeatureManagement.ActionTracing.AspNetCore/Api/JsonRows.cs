using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>A list in JSON, row by row: one that cannot be made or written is a row that says so, and the others are shown.</summary>
internal static class JsonRows
{
    /// <param name="sources">What the rows are about.</param>
    /// <param name="row">Makes a row.</param>
    /// <param name="failed">Makes the row of one that failed, from a sentence, out of values that cannot fail.</param>
    /// <param name="type">How a row is written.</param>
    public static IResult Of<TSource, TRow>(IEnumerable<TSource> sources, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (TSource source in sources)
                writer.WriteRawValue(Write(source, row, failed, type), skipInputValidation: true);
            writer.WriteEndArray();
        }
        return Results.Bytes(buffer.WrittenMemory, "application/json; charset=utf-8");
    }

    /// <summary>One of them alone, with the same fallback.</summary>
    public static IResult One<TSource, TRow>(TSource source, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type) =>
        Results.Bytes(Write(source, row, failed, type), "application/json; charset=utf-8");

    // Written whole before any of it is sent.
    private static byte[] Write<TSource, TRow>(TSource source, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(row(source), type);
        }
#pragma warning disable CA1031 // A row that cannot be read does not hide the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return JsonSerializer.SerializeToUtf8Bytes(failed(source, $"This row cannot be shown: {ForeignText.Quote(exception.Message)}"), type);
        }
    }
}
