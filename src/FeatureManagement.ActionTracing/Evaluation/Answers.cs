namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>The two answers as completed tasks, without an allocation.</summary>
internal static class Answers
{
    private static readonly Task<bool> On = Task.FromResult(true);
    private static readonly Task<bool> Off = Task.FromResult(false);

    public static Task<bool> Of(bool on)
    {
        if (on)
            return On;
        return Off;
    }
}
