using FeatureManagement.ActionTracing.Changes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Updates flags and resets them. Both honour <c>If-Match</c>.</summary>
internal static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder group)
    {
        group.MapCall(HttpMethods.Patch, "api/flags/{name}", UpdateAsync);
        group.MapCall(HttpMethods.Post, "api/flags/{name}/reset", ResetAsync);
    }

    private static Task<IResult> UpdateAsync(HttpContext context)
    {
        string name = context.Route("name");
        IFeatureFlagManager flags = context.Service<IFeatureFlagManager>();
        return ChangeCall.RunAsync(
            context,
            ApiJson.Plain.FlagPatch,
            patch => patch.Reason,
            async (patch, change) =>
            {
                (FlagUpdate update, string? fault) = patch.ToUpdate(name);
                FlagStatus? known = flags.GetFlag(name);
                if (known is not null)
                    ThrowIfInvalid(known, update, fault, change);
                FlagEntityTag? tag = IfMatch.Expected(context.Request, name, known);
                FlagChange bound = change.Expecting(tag?.Content);
                return FlagEndpoints.Show(
                    context,
                    await flags.UpdateFlagAsync(name, update, bound, tag?.Version, context.RequestAborted).ConfigureAwait(false));
            },
            maxLength: JsonBody.MaxLengthOfLists);
    }

    private static Task<IResult> ResetAsync(HttpContext context) =>
        ChangeCall.RunAsync(context, ApiJson.Plain.ReasonBody, body => body.Reason, async (_, change) =>
        {
            string name = context.Route("name");
            IFeatureFlagManager flags = context.Service<IFeatureFlagManager>();
            FlagEntityTag? tag = IfMatch.Expected(context.Request, name, flags.GetFlag(name));
            FlagChange bound = change.Expecting(tag?.Content);
            return FlagEndpoints.Show(
                context,
                await flags.ResetFlagAsync(name, bound, tag?.Version, context.RequestAborted).ConfigureAwait(false));
        });

    // All faults at once, not only the first.
    private static void ThrowIfInvalid(FlagStatus known, FlagUpdate update, string? fault, FlagChange change)
    {
        List<string> faults = [.. FlagChanges.Faults(known.Definition, update), .. change.Faults()];
        if (fault is not null)
            faults.Insert(0, fault);
        if (faults.Count > 0)
            throw new FlagChangeException(FlagChangeError.Invalid, faults);
    }
}
