using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Answers a failed read of the store with 503.</summary>
internal static class ReadErrors
{
    public static async Task<IResult> HandleAsync(Func<Task<IResult>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (StoreException exception)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }
}
