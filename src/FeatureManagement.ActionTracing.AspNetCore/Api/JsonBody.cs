using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the small JSON bodies of the management API. Nothing of a body that is too large is kept.</summary>
internal static class JsonBody
{
    private const int MaxLength = 64 * 1024;

    /// <param name="request">The call.</param>
    /// <param name="type">What the body holds.</param>
    /// <param name="whenEmpty">What no body at all means; null where there must be one.</param>
    /// <returns>The body, or what is wrong with it.</returns>
    public static async Task<Read<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, T? whenEmpty = null) where T : class
    {
        if (request.ContentLength > MaxLength)
            return new(null, TooLarge());
        byte[] buffer = new byte[Math.Min((int)(request.ContentLength ?? MaxLength), MaxLength) + 1];
        int length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted).ConfigureAwait(false);
        if (length > MaxLength)
            return new(null, TooLarge());
        if (length == 0 && whenEmpty is not null)
            return new(whenEmpty, null);
        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), type) is { } value ? new(value, null) : new(null, Invalid("it is null."));
        }
        catch (JsonException exception)
        {
            return new(null, Invalid(What(exception, type)));
        }
    }

    private static IResult TooLarge() => Problems.Of(StatusCodes.Status413PayloadTooLarge, $"The body is too large: at most {MaxLength} bytes are taken.");

    private static IResult Invalid(string what) => Problems.Of(StatusCodes.Status400BadRequest, $"The body cannot be read: {what}");

    // The serializer's own message names types of ours, which a caller does not know.
    private static string What(JsonException exception, JsonTypeInfo type)
    {
        string[] fields = [.. type.Properties.Select(property => property.Name)];
        string at = exception.Path is { } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "";
        string field = at.Split('.', '[')[0];
        if (field.Length == 0)
            return $"it must be a JSON object with the fields {string.Join(", ", fields)}.";
        if (fields.Contains(field, StringComparer.OrdinalIgnoreCase))
            return $"{at} is not of its type, or what follows is no JSON.";
        return $"there is no field '{field}'; " + (NearestName.Find(field, fields) is { } nearest ? $"did you mean '{nearest}'?" : $"the fields are {string.Join(", ", fields)}.");
    }

    internal readonly record struct Read<T>(T? Value, IResult? Problem)
    {
        [MemberNotNullWhen(true, nameof(Value))]
        [MemberNotNullWhen(false, nameof(Problem))]
        public bool Ok => Value is not null;
    }
}
