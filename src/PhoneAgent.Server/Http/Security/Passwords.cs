using Microsoft.AspNetCore.Identity;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Hashes of passwords: PBKDF2 with HMAC-SHA512 and a salt each, as the framework writes them.</summary>
internal static class Passwords
{
    public const int MinLength = 10;
    public const int MaxLength = 200;

    // OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA512.
    private const int Iterations = 210_000;

    private static readonly PasswordHasher<UserAccount> Hasher = new(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    // Nobody's. A name that does not exist takes as long to refuse as a wrong password, so names cannot be found by time.
    private static readonly Lazy<string> Nobody = new(() => Hash(Guid.NewGuid().ToString()));

    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>True when it is the user's password; false for no user.</summary>
    public static bool Verify(UserAccount? user, string password) =>
        password.Length <= MaxLength
        && Hasher.VerifyHashedPassword(null!, user?.PasswordHash ?? Nobody.Value, password) != PasswordVerificationResult.Failed
        && user is not null;

    /// <summary>What is wrong with a new password; null when nothing is.</summary>
    public static string? Problem(string password, string name) =>
        password.Length < MinLength ? $"The password is too short: {MinLength} characters at least. Several words are easy to remember."
        : password.Length > MaxLength ? $"The password is too long: {MaxLength} characters at most."
        : password.Contains(name, StringComparison.OrdinalIgnoreCase) ? "The password contains the name."
        : password.Distinct().Count() < 4 ? "The password repeats a few characters."
        : null;
}
