using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PhoneAgent.Testing.Contracts;

/// <summary>
/// A test of a contract suite. xunit's own Skip is fixed where the attribute stands, in the abstract class; this one is
/// skipped where the concrete class carries a <see cref="RequirementAttribute"/> that is not met.
/// </summary>
[XunitTestCaseDiscoverer("PhoneAgent.Testing.Contracts.ContractFactDiscoverer", "PhoneAgent.Testing")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>On a concrete test class: what must be installed for its inherited tests.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public abstract class RequirementAttribute : Attribute
{
    /// <summary>Why the tests are skipped, and what to do; null when they can run.</summary>
    public abstract string? SkipReason { get; }
}

public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        yield return new ContractTestCase(
            diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
    }
}

/// <summary>As <see cref="ContractFactAttribute"/>, with data.</summary>
[XunitTestCaseDiscoverer("PhoneAgent.Testing.Contracts.ContractTheoryDiscoverer", "PhoneAgent.Testing")]
public sealed class ContractTheoryAttribute : TheoryAttribute;

public sealed class ContractTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow)
    {
        yield return new ContractTestCase(
            DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, dataRow);
    }
}

public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("For the deserialiser only.")]
    public ContractTestCase() { }

    public ContractTestCase(
        IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method, object[]? arguments = null)
        : base(diagnostics, display, options, method, arguments) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute)
        ?? TestMethod.TestClass.Class.ToRuntimeType()
            .GetCustomAttributes(typeof(RequirementAttribute), inherit: true)
            .Cast<RequirementAttribute>()
            .Select(r => r.SkipReason)
            .FirstOrDefault(reason => reason is not null);
}
