using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the JSON bodies of the management API. Nothing of a body that is too large is kept.</summary>
internal static class JsonBody
{
    /// <summary>In bytes, for a body of lists: 100,000 ids of 80 characters.</summary>
    public const int MaxLengthOfLists = 8 * 1024 * 1024;

    /// <summary>In bytes, for all others.</summary>
    public const int MaxLength = 64 * 1024;

    /// <param name="request">The call.</param>
    /// <param name="type">What the body holds.</param>
    /// <param name="whenEmpty">What no body at all means; null where there must be one.</param>
    /// <param name="maxLength">The longest body that is read, in bytes.</param>
    /// <returns>The body, or what is wrong with it.</returns>
    public static async Task<Read<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, T? whenEmpty = null, int maxLength = MaxLength) where T : class
    {
        if (request.ContentLength > maxLength)
            return new(null, TooLarge(maxLength));
        // Grows with what arrives, not with what a header promises.
        byte[] buffer = new byte[Math.Min(request.ContentLength ?? MaxLength, MaxLength) + 1];
        int length = 0;
        while (await request.Body.ReadAsync(buffer.AsMemory(length), request.HttpContext.RequestAborted).ConfigureAwait(false) is > 0 and int read)
        {
            length += read;
            if (length > maxLength)
                return new(null, TooLarge(maxLength));
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(2 * length, maxLength + 1));
        }
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

    private static IResult TooLarge(int most) => Problems.Of(StatusCodes.Status413PayloadTooLarge, $"The body is too large: at most {most} bytes are taken.");

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
