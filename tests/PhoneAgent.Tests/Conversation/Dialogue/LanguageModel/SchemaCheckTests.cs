using System.Text.Json;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

public sealed class SchemaCheckTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", "{}")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":"integer"}""", "3.0")]
    [InlineData("""{"enum":["a",1,{"b":[2]}]}""", """{"b":[2]}""")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"ab\"")]
    [InlineData("""{"type":"string","pattern":"(("}""", "\"a broken pattern lets pass\"")]
    [InlineData("""{"type":"string","pattern":"^(a+)+$"}""", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"")]
    [InlineData("""{"type":"array","items":{"type":"number"},"maxItems":2}""", "[1,2]")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":1}""")]
    public void Fits(string schema, string value) => Assert.Empty(Check(schema, value));

    [Theory]
    [InlineData("""{"type":"object"}""", "[]", "the arguments must be of type object")]
    [InlineData("""{"type":["string","null"]}""", "1", "must be of type string or null")]
    [InlineData("""{"type":"integer"}""", "3.5", "must be of type integer")]
    [InlineData("""{"type":"boolean"}""", "\"true\"", "must be of type boolean")]
    [InlineData("""{"enum":["a","b"]}""", "\"c\"", "must be one of a, b")]
    [InlineData("""{"const":"a"}""", "\"b\"", "must be a")]
    [InlineData("""{"minLength":2}""", "\"a\"", "at least 2 characters")]
    [InlineData("""{"maxLength":2}""", "\"abc\"", "at most 2 characters")]
    [InlineData("""{"pattern":"^x$"}""", "\"y\"", "must match ^x$")]
    [InlineData("""{"minimum":2}""", "1", "at least 2")]
    [InlineData("""{"maximum":2}""", "3", "at most 2")]
    [InlineData("""{"minItems":1}""", "[]", "at least 1 items")]
    [InlineData("""{"items":{"type":"string"}}""", "[\"a\",1]", "'[1]' must be of type string")]
    [InlineData("""{"required":["a"]}""", "{}", "'a' is missing")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"type":"string"}}}}}""", """{"a":{"b":1}}""", "'a.b' must be of type string")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"b":1}""", "must not have 'b'")]
    public void Says_what_is_wrong(string schema, string value, string problem) =>
        Assert.Contains(problem, Assert.Single(Check(schema, value)), StringComparison.Ordinal);

    [Fact]
    public void A_schema_nested_without_end_is_not_followed_without_end()
    {
        string value = string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60));
        string schema = string.Concat(Enumerable.Repeat("""{"items":""", 60)) + "{}" + new string('}', 60);
        Assert.Empty(Check(schema, value));
    }

    private static IReadOnlyList<string> Check(string schema, string value)
    {
        var options = new JsonDocumentOptions { MaxDepth = 200 };
        using JsonDocument one = JsonDocument.Parse(schema, options);
        using JsonDocument other = JsonDocument.Parse(value, options);
        return SchemaCheck.Problems(one.RootElement, other.RootElement);
    }
}
