using System.Text;
using System.Text.Encodings.Web;

namespace FeatureManagement.ActionTracing.Sample.FrontPage;

/// <summary>Writes the guide as a page. Every text is encoded.</summary>
internal static class GuidePage
{
    public static string Write(string template, string host, string pathBase, bool open)
    {
        string address = host + pathBase;
        var parts = new Dictionary<string, string>
        {
            ["{base}"] = Encode(pathBase),
            ["{shop}"] = Encode(Guide.Shop),
            ["{edit}"] = Encode(Guide.Edit),
            ["{watch}"] = Encode(Guide.Watch),
            ["{again}"] = Encode(Guide.Again),
            ["{visitors}"] = Encode(Guide.Visitors),
            ["{rollouts}"] = Encode(string.Join(' ', Guide.Rollouts)),
            ["{closed}"] = open ? "hidden" : "",
            ["{open}"] = open ? "" : "hidden",
            ["{reads}"] = List(
                Guide.Calls.Where(call => call.Body is null),
                call => $"<a href=\"{Encode(pathBase + call.Path)}\">{Encode(call.Path)}</a>"),
            ["{writes}"] = List(
                Guide.Calls.Where(call => call.Body is not null),
                call => $"<pre tabindex=\"0\"><code>{Encode(Curl(call, address))}</code></pre>"),
        };
        var page = new StringBuilder(template);
        foreach ((string name, string text) in parts)
            page.Replace(name, text);
        return page.ToString();
    }

    private static string Curl(GuideCall call, string address) =>
        $"curl -X {call.Method}{(call.Visitor is null ? "" : $" -b shop-visitor={call.Visitor}")} -H 'Content-Type: "
        + $"application/json' -d '{call.Body}' {address}{call.Path}";

    private static string List(IEnumerable<GuideCall> calls, Func<GuideCall, string> show) =>
        string.Join('\n', calls.Select(call => $"<li>{show(call)} <span>{Encode(call.About)}</span></li>"));

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
