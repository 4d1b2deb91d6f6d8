using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads rollouts, starts them, previews them and moves them by hand.</summary>
internal static class RolloutEndpoints
{
    // A start needs no reason: it takes nothing from anybody, and its status shows the plan.
    private const string DefaultReason = "Started over the management API.";

    private delegate Task<RolloutStatus> Move(
        IRolloutManager rollouts, string name, FlagChange change, CancellationToken cancelled);

    public static void MapRollouts(this IEndpointRouteBuilder group)
    {
        group.MapRead("api/rollouts", List);
        group.MapRead("api/flags/{name}/rollout", Get);
        group.MapPost("api/flags/{name}/rollout", StartAsync);
        group.MapPost("api/flags/{name}/rollout/preview", PreviewAsync);
        group.MapMove("pause", (rollouts, name, change, cancelled) => rollouts.PauseAsync(name, change, cancelled));
        group.MapMove("resume", (rollouts, name, change, cancelled) => rollouts.ResumeAsync(name, change, cancelled));
        group.MapMove("complete", (rollouts, name, change, cancelled) => rollouts.CompleteAsync(name, change, cancelled));
        // A client that disconnects does not cancel a rollback.
        group.MapMove("rollback", (rollouts, name, change, _) =>
            rollouts.RollBackAsync(name, change, CancellationToken.None));
    }

    private static void MapMove(this IEndpointRouteBuilder group, string verb, Move move) => group.MapPost(
        $"api/flags/{{name}}/rollout/{verb}",
        (string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
            ChangeCall.RunAsync(
                request,
                name,
                flags,
                ApiJson.Plain.ReasonBody,
                body => body.Reason,
                async (_, change) =>
                    Show(await move(rollouts, name, change, request.RequestAborted).ConfigureAwait(false))));

    private static IResult List(IRolloutManager rollouts) =>
        JsonRows.Of(rollouts.GetActive(), status => status, Failed, ApiJson.Plain.RolloutStatus);

    private static IResult Get(string name, IFeatureFlagManager flags, IRolloutManager rollouts)
    {
        if (flags.GetFlag(name) is null)
            return FlagEndpoints.Unknown(name, flags);
        if (rollouts.GetStatus(name) is { } status)
            return Show(status);
        return Problems.Of(StatusCodes.Status404NotFound, $"Flag '{name}' has no rollout.");
    }

    private static Task<IResult> StartAsync(
        string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
        PlanAsync(request, name, flags, async (plan, change) =>
        {
            RolloutStatus started =
                await rollouts.StartAsync(name, change, plan, request.RequestAborted).ConfigureAwait(false);
            return Results.Json(started, ApiJson.Plain.RolloutStatus, statusCode: StatusCodes.Status201Created);
        });

    private static Task<IResult> PreviewAsync(
        string name, HttpContext request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
        PlanAsync(request, name, flags, (plan, _) => Task.FromResult(
            Results.Json(rollouts.Preview(name, plan), ApiJson.Plain.IReadOnlyListRolloutPreviewStep)));

    private static Task<IResult> PlanAsync(
        HttpContext request,
        string name,
        IFeatureFlagManager flags,
        Func<RolloutConfig?, FlagChange, Task<IResult>> run) => ChangeCall.RunAsync(
            request,
            name,
            flags,
            ApiJson.Plain.JsonObject,
            body => RolloutPlan.ReasonOf(body) ?? DefaultReason,
            async (body, change) =>
            {
                (RolloutConfig? plan, IReadOnlyList<string> errors) = RolloutPlan.Read(name, body);
                if (errors.Count > 0)
                    return Problems.Of(StatusCodes.Status400BadRequest, string.Join(' ', errors), errors);
                return await run(plan, change).ConfigureAwait(false);
            },
            whenEmpty: []);

    private static IResult Show(RolloutStatus status) =>
        JsonRows.One(status, one => one, Failed, ApiJson.Plain.RolloutStatus);

    // A rollback needs the flag and its phase; values that may fail are left out.
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
}
