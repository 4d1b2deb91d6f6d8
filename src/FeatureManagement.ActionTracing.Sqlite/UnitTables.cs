namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The tables of units.</summary>
internal static class UnitTables
{
    // Units stand in the order of their first exposures, so that they are appended and their windows close in order.
    public const string Create = """
        CREATE TABLE experiment (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            tally TEXT NOT NULL
        ) STRICT;
        CREATE TABLE experiment_unit (
            experiment INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hash INTEGER NOT NULL,
            step INTEGER NOT NULL,
            variant INTEGER NOT NULL,
            at INTEGER NOT NULL,
            split INTEGER NOT NULL,
            outcomes BLOB,
            PRIMARY KEY (experiment, number)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX experiment_unit_hash ON experiment_unit (experiment, hash);
        CREATE TABLE experiment_writer (
            experiment INTEGER NOT NULL,
            writer TEXT NOT NULL,
            batch INTEGER NOT NULL,
            PRIMARY KEY (experiment, writer)
        ) STRICT, WITHOUT ROWID;

        """;

    // Names were in lower case here, and in upper case everywhere else. Where two spellings of a name have runs, those
    // of one stay where they were, with all that is theirs.
    public const string RenameToUpperCase = """
        UPDATE OR IGNORE document SET key = 'experiment/' || flag_key(substr(key, 12)) WHERE key GLOB 'experiment/*';
        UPDATE OR IGNORE document SET key = 'evidence/experiment/' || flag_key(substr(key, 21)) WHERE key GLOB 'evidence/experiment/*'
            AND NOT EXISTS (SELECT 1 FROM document AS stayed WHERE stayed.key = 'experiment/' || substr(document.key, 21));
        UPDATE OR IGNORE experiment SET key = flag_key(key)
            WHERE NOT EXISTS (
                SELECT 1 FROM document AS stayed WHERE stayed.key || '/' = 'experiment/' || rtrim(experiment.key, '0123456789'));

        """;
}
