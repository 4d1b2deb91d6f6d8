using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Writes a list row by row. A row that fails becomes a row with its error, and the others are complete.
/// </summary>
internal static class JsonRows
{
    private const string ContentType = "application/json; charset=utf-8";

    /// <summary>A list, with the ETag of its content: a client that has the same list gets 304.</summary>
    /// <param name="rows">The rows, as JSON.</param>
    public static IResult List(IEnumerable<byte[]> rows)
    {
        var list = new ArrayBufferWriter<byte>();
        list.Write("["u8);
        foreach (byte[] row in rows)
        {
            if (list.WrittenCount > 1)
                list.Write(","u8);
            list.Write(row);
        }
        list.Write("]"u8);
        string hash = XxHash128.HashToUInt128(list.WrittenSpan).ToString("x32", CultureInfo.InvariantCulture);
        return Results.Bytes(list.WrittenMemory, ContentType, entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }

    /// <summary>One object.</summary>
    public static IResult One<TSource, TRow>(
        TSource source, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type) =>
        Results.Bytes(Row(source, row, failed, type), ContentType);

    /// <summary>One row, which is complete before any byte of it is sent.</summary>
    /// <param name="source">The source of the row.</param>
    /// <param name="row">Makes the row.</param>
    /// <param name="failed">Makes the row of a failed source from an error message and values that cannot fail.</param>
    /// <param name="type">The type of the row.</param>
    public static byte[] Row<TSource, TRow>(
        TSource source, Func<TSource, TRow> row, Func<TSource, string, TRow> failed, JsonTypeInfo<TRow> type) =>
        SafeCall.Run(
            () => JsonSerializer.SerializeToUtf8Bytes(row(source), type),
            exception =>
            {
                string fault = $"Row cannot be shown: {ForeignText.Quote(exception.Message)}";
                return JsonSerializer.SerializeToUtf8Bytes(failed(source, fault), type);
            });
}
