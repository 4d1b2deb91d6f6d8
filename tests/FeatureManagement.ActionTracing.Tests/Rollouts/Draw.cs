namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>Numbers at random (SplitMix64), the same for the same seed everywhere, and faster than a seeded <see cref="Random"/>.</summary>
internal sealed class Draw(int seed)
{
    private ulong _state = (ulong)seed * 0xD1342543DE82EF95 + 1;

    public ulong Next()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Above 0, up to 1.</summary>
    public double Uniform() => ((Next() >> 11) + 1) * (1.0 / (1UL << 53));

    public double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    public int Binomial(int trials, double rate)
    {
        if (rate <= 0)
            return 0;
        // From success to success.
        int successes = 0;
        double stay = Math.Log(1 - rate);
        for (double at = Math.Floor(Math.Log(Uniform()) / stay); at < trials; at += 1 + Math.Floor(Math.Log(Uniform()) / stay))
            successes++;
        return successes;
    }
}
