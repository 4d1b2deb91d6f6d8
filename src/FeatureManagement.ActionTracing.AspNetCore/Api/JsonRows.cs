using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Writes a list row by row. A row that fails becomes a row with its error, and the others are complete.
/// </summary>
internal static class JsonRows
{
    private const string ContentType = "application/json; charset=utf-8";

    /// <param name="sources">The sources of the rows.</param>
    /// <param name="row">Makes a row.</param>
    /// <param name="failed">Makes the row of a failed source from an error message and values that cannot fail.</param>
    /// <param name="type">The type of a row.</param>
    public static IResult Of<TSource, TRow>(
        IEnumerable<TSource> sources,
        Func<TSource, TRow> row,
        Func<TSource, string, TRow> failed,
        JsonTypeInfo<TRow> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (TSource source in sources)
                writer.WriteRawValue(Write(source, row, failed, type), skipInputValidation: true);
            writer.WriteEndArray();
        }
        return Results.Bytes(buffer.WrittenMemory, ContentType);
    }

    /// <summary>Writes one object, with the same fallback.</summary>
    public static IResult One<TSource, TRow>(
        TSource source, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type) =>
        Results.Bytes(Write(source, row, failed, type), ContentType);

    // The row is complete before any byte of it is sent.
    private static byte[] Write<TSource, TRow>(
        TSource source, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type) =>
        // A row that fails does not hide the others.
        SafeCall.Run(
            () => JsonSerializer.SerializeToUtf8Bytes(row(source), type),
            exception =>
            {
                string fault = $"Row cannot be shown: {ForeignText.Quote(exception.Message)}";
                return JsonSerializer.SerializeToUtf8Bytes(failed(source, fault), type);
            });
}
