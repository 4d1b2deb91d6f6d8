namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>When a guard may judge, and what its verdict leads to.</summary>
internal enum GuardKind
{
    /// <summary>Judges exposed users alone. It may judge at any time, at any check.</summary>
    Absolute,

    /// <summary>Compares exposed users with control. All guards of this kind share the alpha of the comparison.</summary>
    Comparison,

    /// <summary>Judges the assignment of users, and never rolls back.</summary>
    Assignment,
}
