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
        group.MapCall(HttpMethods.Post, "api/flags/{name}/rollout", StartAsync);
        group.MapCall(HttpMethods.Post, "api/flags/{name}/rollout/preview", PreviewAsync);
        group.MapMove("pause", (rollouts, name, change, cancelled) => rollouts.PauseAsync(name, change, cancelled));
        group.MapMove("resume", (rollouts, name, change, cancelled) => rollouts.ResumeAsync(name, change, cancelled));
        group.MapMove("complete", (rollouts, name, change, cancelled) => rollouts.CompleteAsync(name, change, cancelled));
        // A client that disconnects does not cancel a rollback.
        group.MapMove("rollback", (rollouts, name, change, _) =>
            rollouts.RollBackAsync(name, change, CancellationToken.None));
    }

    private static void MapMove(this IEndpointRouteBuilder group, string verb, Move move) => group.MapCall(
        HttpMethods.Post,
        $"api/flags/{{name}}/rollout/{verb}",
        context => ChangeCall.RunAsync(
            context,
            ApiJson.Plain.ReasonBody,
            body => body.Reason,
            async (_, change) => Show(await move(
                context.Service<IRolloutManager>(), context.Route("name"), change, context.RequestAborted).ConfigureAwait(false))));

    private static IResult List(HttpContext context) =>
        JsonRows.List(context.Service<IRolloutManager>().GetActive().Select(
            status => JsonRows.Row(status, one => one, Failed, ApiJson.Plain.RolloutStatus)));

    private static IResult Get(HttpContext context)
    {
        string name = context.Route("name");
        if (context.Service<IFeatureFlagManager>().GetFlag(name) is null)
            return FlagEndpoints.Unknown(context);
        if (context.Service<IRolloutManager>().GetStatus(name) is { } status)
            return Show(status);
        return Problems.Of(StatusCodes.Status404NotFound, $"Flag '{name}' has no rollout.");
    }

    private static Task<IResult> StartAsync(HttpContext context) =>
        PlanAsync(context, async (plan, change) =>
        {
            RolloutStatus started = await context.Service<IRolloutManager>()
                .StartAsync(context.Route("name"), change, plan, context.RequestAborted).ConfigureAwait(false);
            return Results.Json(started, ApiJson.Plain.RolloutStatus, statusCode: StatusCodes.Status201Created);
        });

    private static Task<IResult> PreviewAsync(HttpContext context) =>
        PlanAsync(context, (plan, _) => Task.FromResult(Results.Json(
            context.Service<IRolloutManager>().Preview(context.Route("name"), plan), ApiJson.Plain.IReadOnlyListRolloutPreviewStep)));

    private static Task<IResult> PlanAsync(
        HttpContext context, Func<RolloutConfig?, FlagChange, Task<IResult>> run) => ChangeCall.RunAsync(
            context,
            ApiJson.Plain.JsonObject,
            body => RolloutPlan.ReasonOf(body) ?? DefaultReason,
            async (body, change) =>
            {
                (RolloutConfig? plan, IReadOnlyList<string> errors) = RolloutPlan.Read(context.Route("name"), body);
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
