using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Changes;

internal sealed partial class FlagControl
{
    // Actor, reason and a key that another process wrote are text of others.
    private void LogChanged(string flag, string action, string before, string after, FlagChange change, long version) =>
        LogChanged(ForeignText.Escape(flag), action, before, after, ForeignText.Escape(change.Actor), change.Source, ForeignText.Escape(change.Reason), version);

    private void LogActed(string flag, string action, FlagChange change) =>
        LogActed(ForeignText.Escape(flag), action, ForeignText.Escape(change.Actor), change.Source, ForeignText.Escape(change.Reason));

    [LoggerMessage(EventIds.FlagChanged, LogLevel.Information, "Flag '{Flag}' {Action}: {Before} → {After}, by {Actor} ({Source}): {Reason} (version {Version})", EventName = "FlagChanged")]
    private partial void LogChanged(string flag, string action, string before, string after, string actor, ChangeSource source, string reason, long version);

    [LoggerMessage(EventIds.FlagActed, LogLevel.Warning, "Flag '{Flag}' {Action}: in force in this process and on its way to the store, by {Actor} ({Source}): {Reason}", EventName = "FlagActed")]
    private partial void LogActed(string flag, string action, string actor, ChangeSource source, string reason);

    [LoggerMessage(EventIds.FlagSeen, LogLevel.Information, "Flag '{Flag}' was changed by another process; it is now {Now}.", EventName = "FlagSeen")]
    private partial void LogSeen(string flag, string now);

    [LoggerMessage(EventIds.StateLoaded, LogLevel.Information, "The stored state is loaded: {Flags} flags have one, the store is at version {Version}.", EventName = "StateLoaded")]
    private partial void LogLoaded(int flags, long version);

    [LoggerMessage(EventIds.StorePutBack, LogLevel.Warning, "The store went back from version {Known} to {Now}: it was replaced or restored. What it says now is in force, except that emergencies and rollbacks of this process stay.", EventName = "StorePutBack")]
    private partial void LogPutBack(long known, long now);

    [LoggerMessage(EventIds.ChangeForgotten, LogLevel.Warning, "The store no longer has the emergency or rollback of flag '{Flag}'; it stays in force and is stored again.", EventName = "ChangeForgotten")]
    private partial void LogForgotten(string flag);
}
