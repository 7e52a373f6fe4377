using System.CommandLine;
using PhoneAgent.Server.Commands;

Terminal.SetUp();
var common = new CommonOptions();
var root = new RootCommand("PhoneAgent answers and places phone calls.")
{
    DoctorCommand.Create(common),
};
common.AddTo(root);
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
