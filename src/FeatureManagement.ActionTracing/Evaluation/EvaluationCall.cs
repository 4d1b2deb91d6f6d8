using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>One evaluation: the flag of a snapshot, and the subject that it is evaluated for.</summary>
internal readonly struct EvaluationCall(FlagSnapshot snapshot, CompiledFlag flag, in Subject subject)
{
    public readonly FlagSnapshot Snapshot = snapshot;

    public readonly CompiledFlag Flag = flag;

    public readonly Subject Subject = subject;

    /// <summary>Whether an emergency turns the flag off for the subject.</summary>
    public bool IsEmergency => Snapshot.AnyEmergency && Snapshot.Emergency(Flag, Subject, out _) is not null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EvaluationReason Decide() => Snapshot.Decide(Flag, Subject);
}
