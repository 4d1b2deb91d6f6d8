namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The table of audited evaluations. AUTOINCREMENT, so that no number comes twice after retention has emptied it.</summary>
internal static class EvaluationTable
{
    public const string Create = """
        CREATE TABLE evaluation (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            flag TEXT NOT NULL,
            flag_key TEXT NOT NULL,
            enabled INTEGER NOT NULL,
            variant TEXT,
            reason TEXT,
            subject TEXT,
            node TEXT NOT NULL
        ) STRICT;
        CREATE INDEX evaluation_flag ON evaluation (flag_key, number);
        CREATE INDEX evaluation_subject ON evaluation (subject, number) WHERE subject IS NOT NULL;

        """;
}
