using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Rollouts: how they stand, and whatever moves them by hand.</summary>
internal static class RolloutEndpoints
{
    // A start may do without words: it takes nothing away from anybody, and its plan stays readable in its status.
    private const string DefaultReason = "Started over the management API.";

    public static void MapRollouts(this IEndpointRouteBuilder group)
    {
        group.MapRead("api/rollouts", (IRolloutManager rollouts) => JsonRows.Of(rollouts.GetActive(), status => status, Failed, ApiJson.Plain.RolloutStatus));

        group.MapRead("api/flags/{name}/rollout", (string name, IFeatureFlagManager flags, IRolloutManager rollouts) =>
            flags.GetFlag(name) is null ? FlagEndpoints.Unknown(name, flags)
            : rollouts.GetStatus(name) is { } status ? Show(status)
            : Problems.Of(StatusCodes.Status404NotFound, $"Flag '{name}' has never been rolled out."));

        group.MapPost("api/flags/{name}/rollout", (string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
            PlanAsync(request, name, flags, async (plan, change) =>
            {
                RolloutStatus started = await rollouts.StartAsync(name, change, plan, request.RequestAborted).ConfigureAwait(false);
                return Results.Json(started, ApiJson.Plain.RolloutStatus, statusCode: StatusCodes.Status201Created);
            }));

        group.MapPost("api/flags/{name}/rollout/preview", (string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
            PlanAsync(request, name, flags, (plan, _) => Task.FromResult(Results.Json(rollouts.Preview(name, plan), ApiJson.Plain.IReadOnlyListRolloutPreviewStep))));

        MapMove("pause", (rollouts, name, change, cancelled) => rollouts.PauseAsync(name, change, cancelled));
        MapMove("resume", (rollouts, name, change, cancelled) => rollouts.ResumeAsync(name, change, cancelled));
        MapMove("complete", (rollouts, name, change, cancelled) => rollouts.CompleteAsync(name, change, cancelled));
        // A caller who hangs up does not take a rollback back.
        MapMove("rollback", (rollouts, name, change, _) => rollouts.RollBackAsync(name, change, CancellationToken.None));

        void MapMove(string verb, Func<IRolloutManager, string, FlagChange, CancellationToken, Task<RolloutStatus>> move) =>
            group.MapPost("api/flags/{name}/rollout/" + verb, (string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
                ChangeEndpoints.ChangeAsync(request, name, flags, ApiJson.Plain.ReasonBody, body => body.Reason,
                    async (_, change) => Show(await move(rollouts, name, change, request.RequestAborted).ConfigureAwait(false))));
    }

    // What cannot be written is left out; the flag and its phase are what a rollback needs.
    private static RolloutStatus Failed(RolloutStatus status, string fault) => new()
    {
        Flag = status.Flag,
        Id = status.Id,
        Phase = status.Phase,
        Plan = new RolloutConfig(),
        StartPercentage = status.StartPercentage,
        CurrentPercentage = status.CurrentPercentage,
        TargetPercentage = status.CurrentPercentage,
        Progress = 0,
        MonitoredTime = TimeSpan.Zero,
        StartedAt = status.StartedAt,
        EndedAt = status.EndedAt,
        Actor = status.Actor,
        Reason = status.Reason,
        History = [],
        Fault = fault,
    };

    private static IResult Show(RolloutStatus status) => JsonRows.One(status, one => one, Failed, ApiJson.Plain.RolloutStatus);

    private static Task<IResult> PlanAsync(HttpContext request, string name, IFeatureFlagManager flags, Func<RolloutConfig?, FlagChange, Task<IResult>> run) =>
        ChangeEndpoints.ChangeAsync(request, name, flags, ApiJson.Plain.JsonObject, body => RolloutPlan.ReasonOf(body) ?? DefaultReason, async (body, change) =>
        {
            (RolloutConfig? plan, IReadOnlyList<string> errors) = RolloutPlan.Read(name, body);
            return errors.Count > 0
                ? Problems.Of(StatusCodes.Status400BadRequest, string.Join(' ', errors), errors)
                : await run(plan, change).ConfigureAwait(false);
        }, whenEmpty: []);
}
