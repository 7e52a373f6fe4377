using System.Text;
using PhoneAgent.Conversation;
using PhoneAgent.Inference.Models;
using Xunit;

namespace PhoneAgent.Tests.Inference;

public sealed class ModelManifestTests
{
    private const string Good =
        """{"name":"a","kind":"k","file":"a/b.onnx","url":"https://h/b","bytes":5,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","licence":"MIT","without":"w"}""";

    [Fact]
    public void TheRepositorysManifestIsGoodAndNamesSilero()
    {
        var manifest = ModelManifest.Load(Path.Combine(RepositoryRoot(), "models", "manifest.json"));
        Assert.True(manifest.Find("silero-vad").IsDefault);
    }

    [Fact]
    public void EveryProblemIsNamedWithItsPlace()
    {
        const string bad = """{"name":"b","kind":"k","file":"../up","url":"ftp://x","bytes":-1,"sha256":"12","licence":"MIT"}""";
        var error = Assert.Throws<EngineException>(() => Parse($$"""{"models":[{{Good}},{{bad}}]}"""));
        foreach (var place in new[] { "models[1].file", "models[1].url", "models[1].bytes", "models[1].sha256", "models[1].without" })
            Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("models[0]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"models\":{}}")]
    [InlineData("{\"models\":[1,null,[]]}")]
    [InlineData("{\"models\":")]
    public void WhatIsNoManifestIsAnEngineException(string json) => Assert.Throws<EngineException>(() => Parse(json));

    [Fact]
    public void ANameThatIsThereTwiceIsRefused() =>
        Assert.Contains("'a' is there twice", Assert.Throws<EngineException>(() => Parse($$"""{"models":[{{Good}},{{Good}}]}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void AnUnknownNameIsAnsweredWithTheKnownOnes() =>
        Assert.Contains("has a", Assert.Throws<EngineException>(() => Parse($$"""{"models":[{{Good}}]}""").Find("x")).Message, StringComparison.Ordinal);

    [Fact]
    public void AMissingModelSaysHowToGetItAndWhatIsLost()
    {
        var store = new ModelStore(Parse($$"""{"models":[{{Good}}]}"""), Path.Combine(Path.GetTempPath(), "no-such-cache"));
        Assert.Null(store.Find("a"));
        var error = Assert.Throws<EngineException>(() => store.Require("a"));
        Assert.Contains("models pull a", error.Message, StringComparison.Ordinal);
    }

    private static ModelManifest Parse(string json) => ModelManifest.Parse(Encoding.UTF8.GetBytes(json), "test");

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
            folder = folder.Parent;
        return folder!.FullName;
    }
}
