using System.Runtime.InteropServices;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.Flite;

public sealed class RequiresFliteAttribute : RequirementAttribute
{
    public override string? SkipReason =>
        NativeLibrary.TryLoad("libflite_cmu_us_slt.so.1", out _) ? null : "flite is not installed: apt-get install libflite1";
}
