using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the JSON bodies of the management API, up to a limit.</summary>
internal static class JsonBody
{
    /// <summary>The limit of a body with lists, in bytes: 100,000 ids of 80 characters.</summary>
    public const int MaxLengthOfLists = 8 * 1024 * 1024;

    /// <summary>The limit of every other body, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    /// <param name="request">The call.</param>
    /// <param name="type">The type of the body.</param>
    /// <param name="whenEmpty">The meaning of an empty body; null where the body is required.</param>
    /// <param name="maxLength">The limit, in bytes.</param>
    /// <returns>The body, or the problem.</returns>
    public static async Task<Read<T>> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, T? whenEmpty = null, int maxLength = MaxLength) where T : class
    {
        if (await BytesAsync(request, maxLength).ConfigureAwait(false) is not { } bytes)
            return new(null, TooLarge(maxLength));
        if (bytes.Length == 0 && whenEmpty is not null)
            return new(whenEmpty, null);
        try
        {
            if (JsonSerializer.Deserialize(bytes.Span, type) is { } value)
                return new(value, null);
            return new(null, Invalid("it is null."));
        }
        catch (JsonException exception)
        {
            return new(null, Invalid(Describe(exception, type)));
        }
    }

    // The buffer grows with the bytes that arrive, not with the length that a header promises.
    private static async Task<ReadOnlyMemory<byte>?> BytesAsync(HttpRequest request, int maxLength)
    {
        if (request.ContentLength > maxLength)
            return null;
        byte[] buffer = new byte[Math.Min(request.ContentLength ?? MaxLength, MaxLength) + 1];
        int length = 0;
        CancellationToken aborted = request.HttpContext.RequestAborted;
        while (await request.Body.ReadAsync(buffer.AsMemory(length), aborted).ConfigureAwait(false) is > 0 and int read)
        {
            length += read;
            if (length > maxLength)
                return null;
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(2 * length, maxLength + 1));
        }
        return buffer.AsMemory(0, length);
    }

    private static IResult TooLarge(int limit) =>
        Problems.Of(StatusCodes.Status413PayloadTooLarge, $"Body too large: the limit is {limit} bytes.");

    private static IResult Invalid(string fault) =>
        Problems.Of(StatusCodes.Status400BadRequest, $"Invalid body: {fault}");

    // The serializer's own message names internal types.
    private static string Describe(JsonException exception, JsonTypeInfo type)
    {
        string[] fields = [.. type.Properties.Select(property => property.Name)];
        string at = "";
        if (exception.Path is { } path && path.StartsWith("$.", StringComparison.Ordinal))
            at = path[2..];
        string field = at.Split('.', '[')[0];
        if (field.Length == 0)
            return $"it must be a JSON object with the fields {string.Join(", ", fields)}.";
        if (fields.Contains(field, StringComparer.OrdinalIgnoreCase))
            return $"{at} has the wrong type, or the text after it is not JSON.";
        return $"unknown field '{field}'; {Problems.Suggest(field, fields)}";
    }

    internal readonly record struct Read<T>(T? Value, IResult? Problem)
    {
        [MemberNotNullWhen(true, nameof(Value))]
        [MemberNotNullWhen(false, nameof(Problem))]
        public bool Ok => Value is not null;
    }
}
