using System.Security.Claims;
using System.Text.Json.Serialization;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Numbers;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Api;

/// <summary>Lists of numbers that must not be called. Numbers stand in bodies, never in addresses, which are logged everywhere.</summary>
internal static class DoNotCallEndpoints
{
    private const int MaxName = 64;
    private const int MaxReason = 500;

    public static void MapDoNotCall(this RouteGroupBuilder api)
    {
        RouteGroupBuilder lists = api.MapGroup("/do-not-call").WithTags("Do not call").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        lists.MapGet("", ListsAsync).Needs(ApiScope.DoNotCallRead).Produces<IReadOnlyList<DoNotCallCount>>().WithSummary("The lists that have entries, with how many.");
        lists.MapGet("/{list}", ListAsync).Needs(ApiScope.DoNotCallRead).Produces<ApiPage<DoNotCallItem>>().WithSummary("The entries of a list, in order of the numbers.");
        lists.MapPost("/{list}/add", AddAsync).Needs(ApiScope.DoNotCallWrite).Produces<DoNotCallAnswer>()
            .WithSummary("Puts a number on a list. When it is answered no call to it begins any more; a call that runs is not ended.");
        lists.MapPost("/{list}/remove", RemoveAsync).Needs(ApiScope.DoNotCallWrite).Produces<DoNotCallAnswer>().WithSummary("Takes a number off a list. Who did it, when and why is kept.");
    }

    private static async Task<IResult> ListsAsync(IDoNotCallList numbers, CancellationToken cancellationToken) => TypedResults.Ok(await numbers.ListsAsync(cancellationToken).ConfigureAwait(false));

    private static async Task<IResult> ListAsync(string list, string? cursor, int? limit, IDoNotCallList numbers, CancellationToken cancellationToken)
    {
        if (NameProblem(list) is { } noName)
            return noName;
        if (ApiCursor.Read(cursor, limit, out string? position) is { } problem)
            return problem;
        PhoneNumber? after = null;
        if (position is not null)
        {
            if (!PhoneNumber.TryCreate(position, out PhoneNumber last))
                return ApiProblem.BadRequest("query.cursor", "This is no cursor of ours. Send what 'next' said, or none for the first page.");
            after = last;
        }
        int take = limit ?? ApiCursor.DefaultLimit;
        IReadOnlyList<DoNotCallEntry> found = await numbers.ListAsync(list, after, take + 1, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new ApiPage<DoNotCallItem>([.. found.Take(take).Select(DoNotCallItem.Of)], found.Count > take ? ApiCursor.Write(found[take - 1].Number.Value) : null));
    }

    private static async Task<IResult> AddAsync(string list, ApiBody<DoNotCallBody> body, ClaimsPrincipal user, IDoNotCallList numbers, TimeProvider time, CancellationToken cancellationToken) =>
        Problem(list, body.Value, out PhoneNumber number) is { } problem ? problem
        : TypedResults.Ok(new DoNotCallAnswer(await numbers.AddAsync(new DoNotCallEntry(list, number, time.GetUtcNow(), $"api: {user.Identity!.Name}", null, body.Value.Reason), cancellationToken).ConfigureAwait(false)));

    private static async Task<IResult> RemoveAsync(string list, ApiBody<DoNotCallBody> body, ClaimsPrincipal user, IDoNotCallList numbers, TimeProvider time, CancellationToken cancellationToken) =>
        Problem(list, body.Value, out PhoneNumber number) is { } problem ? problem
        : TypedResults.Ok(new DoNotCallAnswer(await numbers.RemoveAsync(new DoNotCallRemoval(list, number, time.GetUtcNow(), user.Identity!.Name!, body.Value.Reason), cancellationToken).ConfigureAwait(false)));

    private static ApiProblem? Problem(string list, DoNotCallBody body, out PhoneNumber number)
    {
        number = default;
        return NameProblem(list)
            ?? (body.Reason?.Length > MaxReason ? ApiProblem.BadRequest("body.reason", $"At most {MaxReason} characters.")
            : NumberNormalizer.TryNormalize(body.Number, null, out number, out string? error) ? null
            : ApiProblem.BadRequest("body.number", error));
    }

    private static ApiProblem? NameProblem(string list) => list.Length is > 0 and <= MaxName && list.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        ? null
        : ApiProblem.BadRequest("path.list", $"The name of a list has up to {MaxName} letters, digits and - _ .");
}

/// <param name="Number">With + and the country's code.</param>
/// <param name="Reason">Why, in words; kept.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DoNotCallBody([property: JsonRequired] string Number, string? Reason = null);

/// <param name="Changed">False: the list was so already.</param>
internal sealed record DoNotCallAnswer(bool Changed);

/// <param name="Source">How it came onto the list, or who put it there.</param>
/// <param name="Call">The call in which it was asked for.</param>
internal sealed record DoNotCallItem(string Number, DateTimeOffset AddedAt, string Source, string? Call, string? Reason)
{
    public static DoNotCallItem Of(DoNotCallEntry entry) => new(entry.Number.Value, entry.AddedAt, entry.Source, entry.CallId, entry.Reason);
}
