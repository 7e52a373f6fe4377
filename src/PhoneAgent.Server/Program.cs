using System.CommandLine;
using PhoneAgent.Server.Commands;
using PhoneAgent.Server.Commands.Calls;
using PhoneAgent.Server.Commands.Campaigns;

Terminal.SetUp();
var common = new CommonOptions();
var root = new RootCommand("PhoneAgent answers and places phone calls.")
{
    ServeCommand.Create(common),
    DemoCommand.Create(common),
    CallCommand.Create(common),
    ReplayCommand.Create(common),
    CallsCommand.Create(common, TimeProvider.System),
    ExplainCommand.Create(common),
    CampaignCommand.Create(common),
    DoNotCallCommand.Create(common),
    UsersCommand.Create(common),
    DoctorCommand.Create(common),
    ModelsCommand.Create(common),
};
common.AddTo(root);
// Ctrl-C ends calls in order; the commands themselves bound how long that takes.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromHours(1) }).ConfigureAwait(false);
