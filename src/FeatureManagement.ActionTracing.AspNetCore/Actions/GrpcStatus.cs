using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Reads the status of a gRPC call. Its HTTP status is 200 also where the call failed.</summary>
internal static class GrpcStatus
{
    private const string Name = "grpc-status";

    /// <summary>Whether the response is of gRPC or gRPC-Web.</summary>
    public static bool Has(HttpResponse response) =>
        response.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    /// <summary>The status code; null where there is none, or not yet.</summary>
    /// <param name="response">The response. A trailers-only response has the status in its headers.</param>
    /// <param name="trailers">The trailers; null where the connection has none.</param>
    public static int? Of(HttpResponse response, IHttpResponseTrailersFeature? trailers)
    {
        string? text = trailers?.Trailers[Name];
        if (string.IsNullOrEmpty(text))
            text = response.Headers[Name];
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code))
            return code;
        return null;
    }

    /// <summary>
    /// The name of a status that is a server fault in OpenTelemetry's conventions; null for all others.
    /// </summary>
    public static string? ErrorOf(int code) => code switch
    {
        2 => "UNKNOWN",
        4 => "DEADLINE_EXCEEDED",
        12 => "UNIMPLEMENTED",
        13 => "INTERNAL",
        14 => "UNAVAILABLE",
        15 => "DATA_LOSS",
        _ => null,
    };
}
