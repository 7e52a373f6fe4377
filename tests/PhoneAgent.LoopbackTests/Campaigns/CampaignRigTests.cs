using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Campaigns;

[Collection("rig")]
public sealed class CampaignRigReportTests(ITestOutputHelper output) : CampaignRig(output)
{
    [RequiresFact(Command = "sipp", Library = "libflite.so.1")]
    public Task The_report_equals_the_truth_for_every_contact() => RunOnSqliteAsync(contacts: IsFull ? 500 : 60, kills: 0);
}

/// <summary>Machines that beep, numbers that are not in service, people who say hello and people who say nothing, told by their sound.</summary>
[Collection("rig")]
public sealed class CampaignRigSoundTests(ITestOutputHelper output) : CampaignRig(output)
{
    private readonly ITestOutputHelper _output = output;

    [RequiresFact(Command = "sipp", Library = "libflite.so.1", Shared = "rig/sipp/callee.ulaw")]
    public async Task Who_answers_is_told_by_the_sound()
    {
        if (IsFull)
            await RunOnSqliteAsync(contacts: 500, kills: 0, hasSound: true);
        else
            _output.WriteLine("Only with PHONEAGENT_FULL_CAMPAIGN=1: sound in real time needs a machine that is not busy.");
    }
}

/// <summary>What was lost is called again after the spacing, which is a minute at least: most of their time these only wait.</summary>
[Collection("rig")]
public sealed class CampaignRigKillTests(ITestOutputHelper output) : CampaignRig(output)
{
    [RequiresFact(Command = "sipp", Library = "libflite.so.1")]
    public Task A_server_that_is_killed_again_and_again_calls_nobody_twice_and_loses_nobody() => RunOnSqliteAsync(contacts: IsFull ? 500 : 40, kills: IsFull ? 20 : 2);
}

/// <inheritdoc cref="CampaignRigKillTests"/>
[Collection("rig")]
public sealed class CampaignRigNodesTests(ITestOutputHelper output) : CampaignRig(output)
{
    private readonly ITestOutputHelper _output = output;

    [RequiresFact(Command = "sipp", Library = "libflite.so.1")]
    public async Task Two_servers_on_one_PostgreSQL_that_are_killed_call_nobody_twice_and_lose_nobody()
    {
        if (PostgresServer.Missing is { } missing)
            _output.WriteLine(missing);
        else
            await RunOnPostgresAsync(contacts: IsFull ? 500 : 40, kills: IsFull ? 20 : 2, nodes: 2);
    }
}
