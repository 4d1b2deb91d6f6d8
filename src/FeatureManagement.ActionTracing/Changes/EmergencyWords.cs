using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// The actor and the reason of an emergency: they are always made to fit, because an emergency is never refused
/// for words. Pure.
/// </summary>
internal static class EmergencyWords
{
    public const string NoActor = "unknown";

    public const string NoReason = "no reason given";

    /// <summary>The change with words that every store keeps. The words themselves say what was done to them.</summary>
    /// <param name="change">What the caller said.</param>
    /// <param name="note">What was done, as sentences for the caller; null where nothing was.</param>
    public static FlagChange Fit(FlagChange change, out string? note)
    {
        (string actor, string? actorNote) = Fit("actor", change.Actor, NoActor);
        (string reason, string? reasonNote) = Fit("reason", change.Reason, NoReason);
        if (actorNote is null)
            note = reasonNote;
        else if (reasonNote is null)
            note = actorNote;
        else
            note = $"{actorNote} {reasonNote}";
        return new FlagChange(actor, reason, change.Source) { ETag = change.ETag };
    }

    private static (string Text, string? Note) Fit(string what, string? text, string otherwise)
    {
        if (string.IsNullOrWhiteSpace(text))
            return (otherwise, $"The {what} was blank; '{otherwise}' was recorded.");
        string kept = StorableText.Replace(text);
        bool replaced = !ReferenceEquals(kept, text);
        string changes = "";
        if (replaced)
            changes = " (characters replaced)";
        if (kept.Length + changes.Length > FlagChange.MaxLength)
        {
            changes += string.Create(CultureInfo.InvariantCulture, $" (cut from {text.Length} characters)");
            return (ForeignText.Cut(kept, FlagChange.MaxLength - changes.Length) + changes,
                string.Create(CultureInfo.InvariantCulture, $"The {what} was cut from {text.Length} characters to {FlagChange.MaxLength}.")
                    + Replaced());
        }
        return (kept + changes, replaced ? Replaced().TrimStart() : null);

        string Replaced()
        {
            if (replaced)
                return $" U+0000 or unpaired surrogates in the {what} were replaced.";
            return "";
        }
    }
}
