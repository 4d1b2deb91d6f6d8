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
        group.MapCall(HttpMethods.Post, "api/flags/{name}/emergency", ShutDownAsync).WithMetadata(RequiredRight.Emergency);
        group.MapCall(HttpMethods.Post, "api/flags/{name}/emergency/clear", ClearAsync);
    }

    private static async Task<IResult> ShutDownAsync(HttpContext context)
    {
        ReasonBody? body = await EmergencyBody.ReadAsync(context.Request).ConfigureAwait(false);
        if (body is null)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "Invalid body: it must be empty or a JSON object with the field reason, a text.");
        return await ChangeCall.RunAsync(context, body.Reason, async change =>
        {
            // A client that disconnects does not cancel the emergency.
            EmergencyResult result = await context.Service<IFeatureFlagManager>()
                .EmergencyShutdownAsync(context.Route("name"), change, CancellationToken.None).ConfigureAwait(false);
            return Results.Json(EmergencyModel.Of(result, context.Service<IRolloutManager>()), ApiJson.Plain.EmergencyModel);
        }).ConfigureAwait(false);
    }

    private static Task<IResult> ClearAsync(HttpContext context) =>
        ChangeCall.RunAsync(context, ApiJson.Plain.ReasonBody, body => body.Reason, async (_, change) =>
        {
            FlagStatus cleared = await context.Service<IFeatureFlagManager>()
                .ClearEmergencyAsync(context.Route("name"), change, context.RequestAborted).ConfigureAwait(false);
            return FlagEndpoints.Show(context, cleared);
        });
}
