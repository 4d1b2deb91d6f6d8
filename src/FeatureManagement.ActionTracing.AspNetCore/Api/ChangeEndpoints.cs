using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Whatever changes a flag. Who did it is the signed-in user; the reason comes with the call.</summary>
internal static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder group)
    {
        group.MapPatch("api/flags/{name}", (string name, HttpContext request, IFeatureFlagManager flags) =>
            ChangeAsync(request, name, flags, ApiJson.Default.FlagPatch, patch => patch.Reason,
                async (patch, change, version) => FlagEndpoints.Show(request, await flags.UpdateFlagAsync(name, patch.ToUpdate(name), change, version, request.RequestAborted).ConfigureAwait(false))));

        group.MapPost("api/flags/{name}/reset", (string name, HttpContext request, IFeatureFlagManager flags) =>
            ChangeAsync(request, name, flags, ApiJson.Default.ReasonBody, body => body.Reason,
                async (_, change, version) => FlagEndpoints.Show(request, await flags.ResetFlagAsync(name, change, version, request.RequestAborted).ConfigureAwait(false))));

        group.MapPost("api/flags/{name}/emergency", (string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
            ChangeAsync(request, name, flags, ApiJson.Default.ReasonBody, body => body.Reason,
                // A caller who hangs up does not take a kill back.
                async (_, change, _) => Results.Json(EmergencyModel.Of(await flags.EmergencyShutdownAsync(name, change, CancellationToken.None).ConfigureAwait(false), rollouts), ApiJson.Default.EmergencyModel)));

        group.MapPost("api/flags/{name}/emergency/clear", (string name, HttpContext request, IFeatureFlagManager flags) =>
            ChangeAsync(request, name, flags, ApiJson.Default.ReasonBody, body => body.Reason,
                async (_, change, _) => FlagEndpoints.Show(request, await flags.ClearEmergencyAsync(name, change, request.RequestAborted).ConfigureAwait(false))));
    }

    public static async Task<IResult> ChangeAsync<T>(
        HttpContext request, string name, IFeatureFlagManager flags, JsonTypeInfo<T> type, Func<T, string?> reason, Func<T, FlagChange, long?, Task<IResult>> change) where T : class
    {
        if (!TryGetVersion(request.Request, out long? version))
            return Problems.Of(StatusCodes.Status400BadRequest, "If-Match cannot be read: it must be the ETag of the flag, as \"42\", or *.");
        JsonBody.Read<T> body = await JsonBody.ReadAsync(request.Request, type).ConfigureAwait(false);
        if (!body.Ok)
            return body.Problem;
        try
        {
            return await change(body.Value, new FlagChange(Actor(request.User), reason(body.Value) ?? "", ChangeSource.Api), version).ConfigureAwait(false);
        }
        catch (FlagChangeException exception)
        {
            return exception.Error == FlagChangeError.UnknownFlag
                ? FlagEndpoints.Unknown(name, flags)
                : Problems.Of(StatusOf(exception.Error), exception.Message);
        }
    }

    private static int StatusOf(FlagChangeError error) => error switch
    {
        FlagChangeError.Invalid => StatusCodes.Status400BadRequest,
        FlagChangeError.Conflict => StatusCodes.Status409Conflict,
        FlagChangeError.VersionMismatch => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static string Actor(ClaimsPrincipal user) =>
        user.Identity?.IsAuthenticated != true ? "local developer"
        : user.Identity.Name ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? "unnamed user";

    private static bool TryGetVersion(HttpRequest request, out long? version)
    {
        version = null;
        if (request.Headers.IfMatch.Count == 0)
            return true;
        if (request.Headers.IfMatch.Count > 1 || !EntityTagHeaderValue.TryParse(request.Headers.IfMatch[0], out EntityTagHeaderValue? tag))
            return false;
        if (tag.Tag == "*")
            return true;
        bool known = long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && !tag.IsWeak;
        version = number;
        return known;
    }
}
