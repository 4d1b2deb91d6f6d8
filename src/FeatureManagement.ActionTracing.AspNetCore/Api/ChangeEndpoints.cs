using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using FeatureManagement.ActionTracing.Changes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Whatever changes a flag. Who did it is the signed-in user; the reason comes with the call.</summary>
internal static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder group)
    {
        group.MapPatch("api/flags/{name}", (string name, HttpContext request, IFeatureFlagManager flags) =>
            ChangeAsync(request, name, flags, ApiJson.Plain.FlagPatch, patch => patch.Reason, async (patch, change) =>
            {
                (FlagUpdate update, string? fault) = patch.ToUpdate(name);
                // Everything that is wrong at once, and not only what is found first.
                if (flags.GetFlag(name) is { } known && new[] { fault }.OfType<string>().Concat(FlagChanges.Faults(known.Definition, update)).Concat(change.Faults()).ToArray() is { Length: > 0 } faults)
                    throw new FlagChangeException(FlagChangeError.Invalid, faults);
                FlagTag? tag = IfMatch.Expected(request.Request, name, flags.GetFlag(name));
                return FlagEndpoints.Show(request, await flags.UpdateFlagAsync(name, update, change with { ETag = tag?.Content }, tag?.Version, request.RequestAborted).ConfigureAwait(false));
            }, maxLength: JsonBody.MaxLengthOfLists));

        group.MapPost("api/flags/{name}/reset", (string name, HttpContext request, IFeatureFlagManager flags) =>
            ChangeAsync(request, name, flags, ApiJson.Plain.ReasonBody, body => body.Reason,
                async (_, change) =>
                {
                    FlagTag? tag = IfMatch.Expected(request.Request, name, flags.GetFlag(name));
                    return FlagEndpoints.Show(request, await flags.ResetFlagAsync(name, change with { ETag = tag?.Content }, tag?.Version, request.RequestAborted).ConfigureAwait(false));
                }));

        // If-Match is for updates and resets: a kill, its end and a rollback are right whatever the flag has become.
        group.MapPost("api/flags/{name}/emergency", async (string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
            await EmergencyBody.ReadAsync(request.Request).ConfigureAwait(false) is { } body
                // A caller who hangs up does not take a kill back.
                ? await ChangeAsync(request, name, flags, body.Reason, async change =>
                    Results.Json(EmergencyModel.Of(await flags.EmergencyShutdownAsync(name, change, CancellationToken.None).ConfigureAwait(false), rollouts), ApiJson.Plain.EmergencyModel)).ConfigureAwait(false)
                : Problems.Of(StatusCodes.Status400BadRequest, "The body cannot be read: it must be empty or a JSON object with the field reason, a text.")).WithMetadata(RequiredRight.Emergency);

        group.MapPost("api/flags/{name}/emergency/clear", (string name, HttpContext request, IFeatureFlagManager flags) =>
            ChangeAsync(request, name, flags, ApiJson.Plain.ReasonBody, body => body.Reason,
                async (_, change) => FlagEndpoints.Show(request, await flags.ClearEmergencyAsync(name, change, request.RequestAborted).ConfigureAwait(false))));
    }

    public static async Task<IResult> ChangeAsync<T>(
        HttpContext request, string name, IFeatureFlagManager flags, JsonTypeInfo<T> type, Func<T, string?> reason, Func<T, FlagChange, Task<IResult>> change, T? whenEmpty = null, int maxLength = JsonBody.MaxLength) where T : class
    {
        JsonBody.Read<T> body = await JsonBody.ReadAsync(request.Request, type, whenEmpty, maxLength).ConfigureAwait(false);
        if (!body.Ok)
            return body.Problem;
        return await ChangeAsync(request, name, flags, reason(body.Value), made => change(body.Value, made)).ConfigureAwait(false);
    }

    private static async Task<IResult> ChangeAsync(HttpContext request, string name, IFeatureFlagManager flags, string? reason, Func<FlagChange, Task<IResult>> change)
    {
        try
        {
            return await change(new FlagChange(Actor(request.User), reason ?? "", ChangeSource.Api)).ConfigureAwait(false);
        }
        catch (FlagChangeException exception)
        {
            return exception.Error == FlagChangeError.UnknownFlag
                ? FlagEndpoints.Unknown(name, flags)
                : Problems.Of(StatusOf(exception.Error), exception.Message, exception.Error == FlagChangeError.Invalid ? exception.Errors : null);
        }
    }

    private static int StatusOf(FlagChangeError error) => error switch
    {
        FlagChangeError.Invalid => StatusCodes.Status400BadRequest,
        FlagChangeError.Conflict => StatusCodes.Status409Conflict,
        FlagChangeError.VersionMismatch => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static string Actor(ClaimsPrincipal user) => SignedIn.NameOf(user) ?? "local developer";
}
