using System.Globalization;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What was done to flags, and whether the record of it is as it was written.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder group)
    {
        // Bound as text, so that a number that is none is answered with a sentence.
        group.MapRead("api/audit", async (string? flag, string? source, string? before, string? take, IAuditLog audit, CancellationToken aborted) =>
        {
            if (Read(flag, source, before, take, out List<string> faults) is not { } query)
                return Problems.Of(StatusCodes.Status400BadRequest, string.Join(' ', faults), faults);
            return await AnswerAsync(async () =>
                Results.Json([.. (await audit.QueryAsync(query, aborted).ConfigureAwait(false)).Select(AuditModel.Of)], ApiJson.Plain.IReadOnlyListAuditModel)).ConfigureAwait(false);
        });

        group.MapRead("api/audit/evaluations", async (string? flag, string? key, string? before, string? take, IEvaluationAudit audit, CancellationToken aborted) =>
        {
            List<string> faults = [];
            long? number = ReadBefore(before, faults);
            int count = ReadTake(take, EvaluationAuditQuery.MaxTake, faults) ?? new EvaluationAuditQuery().Take;
            if (faults.Count > 0)
                return Problems.Of(StatusCodes.Status400BadRequest, string.Join(' ', faults), faults);
            var query = new EvaluationAuditQuery { Flag = string.IsNullOrEmpty(flag) ? null : flag, Key = string.IsNullOrEmpty(key) ? null : key, Before = number, Take = count };
            return await AnswerAsync(async () =>
                Results.Json([.. (await audit.QueryAsync(query, aborted).ConfigureAwait(false)).Select(EvaluationAuditModel.Of)], ApiJson.Plain.IReadOnlyListEvaluationAuditModel)).ConfigureAwait(false);
        });

        group.MapRead("api/audit/verify", (IAuditLog audit, CancellationToken aborted) => AnswerAsync(async () =>
        {
            AuditVerification found = await audit.VerifyAsync(aborted).ConfigureAwait(false);
            return Results.Json(new AuditVerificationModel(found.Valid, found.Entries, found.FirstInvalid, found.Fault, found.Head), ApiJson.Plain.AuditVerificationModel);
        }));
    }

    private static AuditQuery? Read(string? flag, string? source, string? before, string? take, out List<string> faults)
    {
        faults = [];
        var query = new AuditQuery { Flag = string.IsNullOrEmpty(flag) ? null : flag };
        if (!string.IsNullOrEmpty(source))
        {
            if (FlagSpelling.TryRead(source, out ChangeSource known))
                query = query with { Source = known };
            else
                faults.Add($"source is {source}; it must be one of {string.Join(", ", FlagSpelling.All<ChangeSource>())}.");
        }
        query = query with { Before = ReadBefore(before, faults), Take = ReadTake(take, AuditQuery.MaxTake, faults) ?? query.Take };
        return faults.Count == 0 ? query : null;
    }

    private static long? ReadBefore(string? before, List<string> faults)
    {
        if (string.IsNullOrEmpty(before))
            return null;
        if (long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return number;
        faults.Add($"before is {before}; it must be the number of an entry.");
        return null;
    }

    private static int? ReadTake(string? take, int most, List<string> faults)
    {
        if (string.IsNullOrEmpty(take))
            return null;
        if (int.TryParse(take, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 && count <= most)
            return count;
        faults.Add($"take is {take}; it must be between 1 and {most}.");
        return null;
    }

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (FlagChangeException exception) when (exception.Error == FlagChangeError.StoreUnavailable)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }
}
