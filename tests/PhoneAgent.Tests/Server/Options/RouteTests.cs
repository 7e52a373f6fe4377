using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Options;

public sealed class RouteTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void TheFirstRuleThatHoldsDecides()
    {
        LoadedConfig config = Load("""
            agents:
              routes:
                - {caller: anonymous, agent: stern}
                - {called: "200", header: X-Department, value: "/^(?i)sales/", agent: sales}
                - {called: "200", agent: desk}
                - {caller: "+49*", agent: german}
                - {header: X-Vip, agent: vip}
                - {called: "*", agent: rest}
            """);
        Assert.Empty(config.Problems);
        var table = new RouteTable(config.Options.Agents.Routes);

        Assert.Equal("stern", table.Find(Call("200", "anonymous")));
        Assert.Equal("sales", table.Find(Call("200", "+491", ("X-Department", "Sales Berlin"))));
        Assert.Equal("desk", table.Find(Call("200", "+491", ("X-Department", "service"))));
        Assert.Equal("desk", table.Find(Call("200", "+491")));
        Assert.Equal("german", table.Find(Call("2000", "+49171")));
        Assert.Equal("vip", table.Find(Call("300", "x", ("X-Vip", ""))));
        Assert.Equal("rest", table.Find(Call("300", "x")));
        Assert.Equal("called 200, header X-Department: /^(?i)sales/ → sales", config.Options.Agents.Routes[1].ToString());
    }

    [Fact]
    public void AMapOfNumbersStillWorks()
    {
        LoadedConfig config = Load("""
            agents: {routes: {"200": desk, "300": echo}}
            """, "agents.routes.400=night");
        Assert.Empty(config.Problems);
        var table = new RouteTable(config.Options.Agents.Routes);

        Assert.Equal(["desk", "echo", "night", null], new[] { "200", "300", "400", "500" }.Select(called => table.Find(Call(called, "x"))));
    }

    [Fact]
    public void EveryMistakeIsSaidWithItsLine()
    {
        LoadedConfig config = Load("""
            agents:
              routes:
                - agent: nobody
                - called: "/(/"
                  agent: a
                - called: "/(?=a)b/"
                  agent: a
                - caller: ""
                  value: x
                  agent: ../secret
                - header: "X Y"
                  agnet: a
            """);

        Assert.Equal(
            [(3, "agents.routes[0]"), (4, "agents.routes[1].called"), (6, "agents.routes[2].called"), (9, "agents.routes[3].value"), (10, "agents.routes[3].agent"), (11, "agents.routes[4].agent"), (11, "agents.routes[4].header"), (12, "agents.routes[4].agnet")],
            config.Problems.Where(p => p.Key != "agents.routes[3].caller").OrderBy(p => p.Line).ThenBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Line, p.Key)));
    }

    [Fact]
    public void AMistakeInAMapIsSaidWithItsLine()
    {
        LoadedConfig config = Load("agents:\n  routes:\n    \"200\": a/b\n    \"300\": {x: y}\n");
        Assert.Equal([(3, "agents.routes[0].agent"), (4, "agents.routes[1].agent")], config.Problems.OrderBy(p => p.Line).Select(p => (p.Line, p.Key)));
    }

    [Theory]
    [InlineData("/(a+)+$/")]
    [InlineData("/(.*)(.*)(.*)(.*)(.*)x/")]
    public void NoTextMakesAPatternSlow(string pattern)
    {
        Assert.True(TextPattern.TryParse(pattern, out TextPattern? parsed, out _));
        Assert.False(parsed.Matches(new string('a', 8 * 1024) + "!"));
    }

    private LoadedConfig Load(string yaml, params string[] settings)
    {
        File.WriteAllText(_file, yaml);
        return ConfigLoader.Load(new ConfigSources { File = _file, Settings = settings });
    }

    private static CallInfo Call(string called, string caller, params (string Name, string Value)[] headers) => new()
    {
        Id = "c", Direction = CallDirection.Inbound, RemoteParty = caller, LocalParty = called,
        Headers = headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase),
    };
}
