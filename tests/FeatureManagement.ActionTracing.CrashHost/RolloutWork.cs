using System.Globalization;

namespace FeatureManagement.ActionTracing.CrashHost;

/// <summary>A rollout that starts by itself, moves within milliseconds, and is found bad after so many checks.</summary>
internal static class RolloutWork
{
    public const string Flag = "r";
    public const int SafetyInterval = 5;
    public const int ProgressionInterval = 20;

    /// <summary>The configuration for a content of <c>rolloutConfig</c>: each has its own duration.</summary>
    public static Dictionary<string, string?> Settings(int duration) => new()
    {
        [$"ActionTracing:featureFlags:{Flag}:type"] = "percentage",
        [$"ActionTracing:featureFlags:{Flag}:state"] = "disabled",
        [$"ActionTracing:featureFlags:{Flag}:rolloutConfig:duration"] = duration.ToString(CultureInfo.InvariantCulture),
        [$"ActionTracing:featureFlags:{Flag}:rolloutConfig:autoStart"] = "true",
        ["ActionTracing:featureFlagSettings:safetyInterval"] = $"{SafetyInterval}",
        ["ActionTracing:featureFlagSettings:progressionInterval"] = $"{ProgressionInterval}",
        ["ActionTracing:featureFlagSettings:storePollInterval"] = "20",
    };

    /// <summary>Says what the flag is, <c>state|percentage</c>, at once and after each change, until standard input ends.</summary>
    public static async Task RunAsync(IFeatureFlagManager manager)
    {
        Console.WriteLine("ready");
        Say();
        using (manager.WatchFlag(Flag, _ => Say()))
            await Console.In.ReadToEndAsync();

        void Say()
        {
            FlagDefinition now = manager.GetFlag(Flag)!.Definition; // it is configured
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now.State}|{now.Percentage:0.####}"));
        }
    }

    /// <summary>A thousand users more at each check, split as they should be; after so many checks half of the exposed fail.</summary>
    public sealed class Source(int badAfter) : IRolloutMetricsSource
    {
        private int _looks;
        private int _step;
        private int _looksOfStep;

        public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken)
        {
            _looksOfStep = query.Step == _step ? _looksOfStep + 1 : 0;
            _step = query.Step;
            long exposed = (long)(query.Percentage * 10 * _looksOfStep), control = 1_000L * _looksOfStep - exposed;
            bool bad = ++_looks > badAfter;
            return ValueTask.FromResult(new RolloutObservations
            {
                Exposed = new RolloutArm { Units = exposed, AtRisk = exposed, Bad = bad ? exposed / 2 : 0 },
                Control = new RolloutArm { Units = control, AtRisk = control },
                Actions = new RolloutActions(exposed, 0, TimeSpan.Zero),
                Window = new RolloutActions(exposed, 0, TimeSpan.Zero),
            });
        }

        public void Forget(string flag)
        {
        }
    }
}
