using System.Runtime.InteropServices;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.PocketSphinx;

public sealed class RequiresPocketSphinxAttribute : RequirementAttribute
{
    public override string? SkipReason =>
        NativeLibrary.TryLoad("libpocketsphinx.so.3", out _) && Directory.Exists(new PocketSphinxOptions().ModelFolder)
            ? null
            : "PocketSphinx is not installed: apt-get install libpocketsphinx3 pocketsphinx-en-us";
}
