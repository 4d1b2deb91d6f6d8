using Grpc.Core;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Grpc;

/// <summary>Pays, and ends with the status that is asked for where the flag is on.</summary>
internal sealed class CheckoutService : Checkout.CheckoutBase
{
    public override async Task<PayReply> Pay(PayRequest request, ServerCallContext context)
    {
        bool on = await Shop.IsOn(context.GetHttpContext());
        // With headers sent the status comes in trailers; without, the answer is trailers alone.
        if (request.AnswerBegins)
            await context.WriteResponseHeadersAsync([]);
        if (on && request.Status < 0)
            throw new InvalidOperationException("broken");
        if (on && request.Status > 0)
            throw new RpcException(new Status((StatusCode)request.Status, "broken"));
        return new PayReply { On = on };
    }
}
