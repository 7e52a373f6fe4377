using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

/// <summary>docs/openapi.json is what the server says.</summary>
public sealed class ApiDocumentTests
{
    private static readonly string Checked = Path.Combine(Repository.Root, "docs", "openapi.json");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_document_that_is_checked_in_is_the_one_that_is_served()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string served = (await rig.AskAsync("GET", "/api/v1/openapi.json")).Json.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("PHONEAGENT_WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(Checked, served);
        Assert.True(File.Exists(Checked) && await File.ReadAllTextAsync(Checked) == served,
            "docs/openapi.json is not what the server says. Run this test with PHONEAGENT_WRITE_OPENAPI=1, look at the difference, and check it in.");
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_and_which_scope_it_needs()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        foreach ((string path, JsonNode? operations) in (await rig.AskAsync("GET", "/api/v1/openapi.json")).Json["paths"]!.AsObject())
            foreach ((string method, JsonNode? operation) in operations!.AsObject())
            {
                Assert.False(string.IsNullOrEmpty(operation!["summary"]?.GetValue<string>()), $"{method} {path}");
                Assert.Contains(':', operation["security"]![0]!["key"]![0]!.GetValue<string>());
                foreach (string status in (string[])["400", "401", "403", "429", .. method == "get" ? Array.Empty<string>() : ["409", "413", "415", "422", "503"]])
                    Assert.NotNull(operation["responses"]![status]?["content"]?["application/problem+json"]?["schema"]);
            }
    }
}
