using FeatureManagement.ActionTracing.AspNetCore.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Shuts flags down, and clears emergencies. <c>If-Match</c> does not apply: both are right for every version of a flag.
/// </summary>
internal static class EmergencyEndpoints
{
    public static void MapEmergencies(this IEndpointRouteBuilder group)
    {
        group.MapPost("api/flags/{name}/emergency", ShutDownAsync).WithMetadata(RequiredRight.Emergency);
        group.MapPost("api/flags/{name}/emergency/clear", ClearAsync);
    }

    private static async Task<IResult> ShutDownAsync(
        string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts)
    {
        ReasonBody? body = await EmergencyBody.ReadAsync(request.Request).ConfigureAwait(false);
        if (body is null)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "Invalid body: it must be empty or a JSON object with the field reason, a text.");
        return await ChangeCall.RunAsync(request, name, flags, body.Reason, async change =>
        {
            // A client that disconnects does not cancel the emergency.
            EmergencyResult result =
                await flags.EmergencyShutdownAsync(name, change, CancellationToken.None).ConfigureAwait(false);
            return Results.Json(EmergencyModel.Of(result, rollouts), ApiJson.Plain.EmergencyModel);
        }).ConfigureAwait(false);
    }

    private static Task<IResult> ClearAsync(string name, HttpContext request, IFeatureFlagManager flags) =>
        ChangeCall.RunAsync(request, name, flags, ApiJson.Plain.ReasonBody, body => body.Reason, async (_, change) =>
        {
            FlagStatus cleared =
                await flags.ClearEmergencyAsync(name, change, request.RequestAborted).ConfigureAwait(false);
            return FlagEndpoints.Show(request, cleared);
        });
}
