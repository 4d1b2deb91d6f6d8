using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Says at start what is wrong with the web options.</summary>
internal sealed class WebOptionsValidator : IValidateOptions<ActionTracingWebOptions>
{
    private const string Name = nameof(ActionTracingWebOptions.AllowedOrigins);

    public ValidateOptionsResult Validate(string? name, ActionTracingWebOptions options)
    {
        string[] faults = [.. Policies(options), .. Origins(options.AllowedOrigins)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Policies(ActionTracingWebOptions options) =>
        from option in ((string Name, string? Value)[])
        [
            (nameof(options.ReadPolicy), options.ReadPolicy),
            (nameof(options.WritePolicy), options.WritePolicy),
            (nameof(options.EmergencyPolicy), options.EmergencyPolicy),
        ]
        where option.Value is not null && string.IsNullOrWhiteSpace(option.Value)
        select $"{option.Name} is '{ForeignText.Quote(option.Value)}'; it must be the name of a policy of AddAuthorization(), which is not blank. To set no policy, leave it null.";

    private static IEnumerable<string> Origins(IEnumerable<string>? entries) => entries is null
        ? [$"{Name} is null; it must be a list of origins. Leave it out to allow none."]
        : entries.Where(entry => !WebOrigin.TryParse(entry, out _)).Select(Fault);

    private static string Fault(string? entry)
    {
        string rule = $"{Name} has '{ForeignText.Quote(entry ?? "null")}'; it must be an exact origin, scheme://host[:port] of http or https, without a path and without a wildcard.";
        return Nearest(entry) is { } fix ? $"{rule} Write '{fix}'." : $"{rule} Write for example 'https://ops.example.com'.";
    }

    /// <summary>The origin of an address that has one, so that a copied address is corrected by copying.</summary>
    private static string? Nearest(string? entry) =>
        entry is not null && !entry.Contains('*', StringComparison.Ordinal)
        && Uri.TryCreate(entry.Trim(), UriKind.Absolute, out Uri? uri) && WebOrigin.TryParse(uri.GetLeftPart(UriPartial.Authority), out WebOrigin? origin)
            ? origin.ToString()
            : null;
}
