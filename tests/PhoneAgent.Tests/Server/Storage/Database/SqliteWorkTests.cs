using Microsoft.Data.Sqlite;
using PhoneAgent.Server.Storage.Database;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Database;

public sealed class SqliteWorkTests
{
    /// <summary>Between giving up and saying so, a starved thread may stop for long; the group is committed meanwhile.</summary>
    [Fact]
    public void WhoGivesUpIsNotToldOfASuccessWithoutAResult()
    {
        var work = new Work();
        work.GiveUp();
        Assert.False(work.TryStart());
        work.Succeed();
        Assert.Equal(["cancelled"], work.Said);
    }

    [Fact]
    public void WhatHasBegunIsAnsweredAlsoWhenItsAskerGaveUpLate()
    {
        var work = new Work();
        Assert.True(work.TryStart());
        work.GiveUp();
        Assert.True(work.TryStart()); // once more, after another's failure took the group back
        work.Succeed();
        Assert.Equal(["answered"], work.Said);
    }

    private sealed class Work : SqliteWork
    {
        public List<string> Said { get; } = [];

        public override Task Done => Task.CompletedTask;

        public override Task<Exception?> RunAsync(SqliteConnection connection, SqliteTransaction transaction) => Task.FromResult<Exception?>(null);

        public override void Fail(Exception e) => Said.Add("failed");

        protected override void Answer() => Said.Add("answered");

        protected override void Cancel() => Said.Add("cancelled");
    }
}
