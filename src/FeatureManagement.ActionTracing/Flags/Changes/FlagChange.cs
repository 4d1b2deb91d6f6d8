using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// Who changes a flag, why and from where. Goes with every change, into the audit and the log. Immutable.
/// </summary>
/// <remarks>
/// Actor and reason must not be blank, nor longer than <see cref="MaxLength"/>, and U+0000 or half of a surrogate pair
/// is refused, because no store keeps them. An emergency alone is never refused for words: they are made to fit, and
/// <see cref="EmergencyResult.Note"/> says so.
/// </remarks>
public sealed class FlagChange
{
    /// <summary>The maximum length of actor and reason, in characters.</summary>
    public const int MaxLength = 1_000;

    /// <summary>Creates the description of a change.</summary>
    /// <param name="actor">Who: a person or a service.</param>
    /// <param name="reason">Why, in words for the readers of the audit.</param>
    /// <param name="source">From where. The default is <see cref="ChangeSource.Code"/>.</param>
    public FlagChange(string actor, string reason, ChangeSource source = ChangeSource.Code)
    {
        Actor = actor;
        Reason = reason;
        Source = source;
    }

    /// <summary>Who: a person or a service.</summary>
    public string Actor { get; }

    /// <summary>Why, in words for the readers of the audit.</summary>
    public string Reason { get; }

    /// <summary>From where.</summary>
    public ChangeSource Source { get; }

    /// <summary>The ETag of the flag that the caller expects; null for any.</summary>
    internal string? ETag { get; init; }

    /// <summary>The same change, refused where the flag has another ETag; null for any.</summary>
    internal FlagChange Expecting(string? etag) => new(Actor, Reason, Source) { ETag = etag };

    /// <summary>Cuts a generated reason to <see cref="MaxLength"/>.</summary>
    internal static string Cut(string reason) => ForeignText.Cut(reason, MaxLength);

    internal IReadOnlyList<string> Faults() => [.. new[] { FaultOf("an actor", Actor), FaultOf("a reason", Reason) }.OfType<string>()];

    internal void Check()
    {
        IReadOnlyList<string> faults = Faults();
        if (faults.Count > 0)
            throw new FlagChangeException(FlagChangeError.Invalid, faults);
    }

    private static string? FaultOf(string what, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return $"Every change needs {what}; say who and why.";
        if (text.Length > MaxLength)
            return $"This is too long for {what}: {text.Length} characters; at most {MaxLength} are taken.";
        if (!StorableText.IsStorable(text))
            return $"U+0000 or an unpaired surrogate cannot be stored in {what}; remove it.";
        return null;
    }
}
