using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Validates the web options when the host starts.</summary>
internal sealed class WebOptionsValidator : IValidateOptions<ActionTracingWebOptions>
{
    private const string Name = nameof(ActionTracingWebOptions.AllowedOrigins);

    public ValidateOptionsResult Validate(string? name, ActionTracingWebOptions options)
    {
        string[] faults = [.. Policies(options), .. Origins(options.AllowedOrigins)];
        if (faults.Length == 0)
            return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Policies(ActionTracingWebOptions options) =>
        from option in ((string Name, string? Value)[])
        [
            (nameof(options.ReadPolicy), options.ReadPolicy),
            (nameof(options.WritePolicy), options.WritePolicy),
            (nameof(options.EmergencyPolicy), options.EmergencyPolicy),
        ]
        where option.Value is not null && string.IsNullOrWhiteSpace(option.Value)
        select $"{option.Name} is '{ForeignText.Quote(option.Value)}'; it must be the name of a policy of AddAuthorization(), "
            + "which is not blank. To set no policy, leave it null.";

    private static IEnumerable<string> Origins(IEnumerable<string>? entries)
    {
        if (entries is null)
            return [$"{Name} is null; it must be a list of origins. Leave it out to allow none."];
        return entries.Where(entry => !WebOrigin.TryParse(entry, out _)).Select(Fault);
    }

    private static string Fault(string? entry)
    {
        string example = "Write for example 'https://ops.example.com'.";
        if (Nearest(entry) is { } fix)
            example = $"Write '{fix}'.";
        return $"{Name} has '{ForeignText.Quote(entry ?? "null")}'; it must be an exact origin, scheme://host[:port] of http or "
            + $"https, without a path and without a wildcard. {example}";
    }

    /// <summary>The origin of an address, so that a copied address is corrected by copying.</summary>
    private static WebOrigin? Nearest(string? entry)
    {
        if (entry is null || entry.Contains('*', StringComparison.Ordinal)
            || !Uri.TryCreate(entry.Trim(), UriKind.Absolute, out Uri? uri))
            return null;
        return WebOrigin.Parse(uri.GetLeftPart(UriPartial.Authority));
    }
}
