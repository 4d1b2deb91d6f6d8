using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Runs a call that changes a flag. The actor is the authenticated user, the reason comes from the body, and errors
/// become problem+json.
/// </summary>
internal static class ChangeCall
{
    /// <param name="context">The call. Its path has the name of the flag.</param>
    /// <param name="type">The type of the body.</param>
    /// <param name="reason">Reads the reason from the body.</param>
    /// <param name="change">Makes the change.</param>
    /// <param name="whenEmpty">The meaning of an empty body; null where the body is required.</param>
    /// <param name="maxLength">The limit of the body, in bytes.</param>
    public static async Task<IResult> RunAsync<T>(
        HttpContext context,
        JsonTypeInfo<T> type,
        Func<T, string?> reason,
        Func<T, FlagChange, Task<IResult>> change,
        T? whenEmpty = null,
        int maxLength = JsonBody.MaxLength) where T : class
    {
        JsonBody.Read<T> body =
            await JsonBody.ReadAsync(context.Request, type, whenEmpty, maxLength).ConfigureAwait(false);
        if (!body.Ok)
            return body.Problem;
        return await RunAsync(context, reason(body.Value), made => change(body.Value, made)).ConfigureAwait(false);
    }

    /// <summary>Runs a call whose body has been read.</summary>
    public static async Task<IResult> RunAsync(
        HttpContext context,
        string? reason,
        Func<FlagChange, Task<IResult>> change)
    {
        try
        {
            return await change(new FlagChange(Actor(context.User), reason ?? "", ChangeSource.Api)).ConfigureAwait(false);
        }
        catch (FlagChangeException exception)
        {
            return exception.Error switch
            {
                FlagChangeError.UnknownFlag => FlagEndpoints.Unknown(context),
                FlagChangeError.Invalid =>
                    Problems.Of(StatusCodes.Status400BadRequest, exception.Message, exception.Errors),
                FlagChangeError.Conflict => Problems.Of(StatusCodes.Status409Conflict, exception.Message),
                FlagChangeError.VersionMismatch =>
                    Problems.Of(StatusCodes.Status412PreconditionFailed, exception.Message),
                _ => Problems.Of(StatusCodes.Status503ServiceUnavailable, exception.Message),
            };
        }
    }

    private static string Actor(ClaimsPrincipal user) => SignedIn.NameOf(user) ?? "local developer";
}
