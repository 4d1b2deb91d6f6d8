namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>Who changes a flag, why and from where. Goes with every change, into the audit and the log. Immutable.</summary>
/// <param name="Actor">Who: a person or a service.</param>
/// <param name="Reason">Why, in words for whoever reads the audit later.</param>
/// <param name="Source">From where.</param>
public sealed record FlagChange(string Actor, string Reason, ChangeSource Source = ChangeSource.Code)
{
    /// <summary>The longest actor and reason that are taken.</summary>
    public const int MaxLength = 1_000;

    internal void Check()
    {
        Check("an actor", Actor);
        Check("a reason", Reason);
    }

    private static void Check(string what, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new FlagChangeException(FlagChangeError.Invalid, $"Every change needs {what}; say who and why.");
        if (text.Length > MaxLength)
            throw new FlagChangeException(FlagChangeError.Invalid, $"This is too long for {what}: {text.Length} characters; at most {MaxLength} are taken.");
    }
}
