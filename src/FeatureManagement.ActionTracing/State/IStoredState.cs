namespace FeatureManagement.ActionTracing.State;

/// <summary>What a durable store says of the flags, for a process that has not read it yet.</summary>
internal interface IStoredState
{
    /// <summary>Waits until the stored state is known or cannot be known.</summary>
    void Wait();
}
