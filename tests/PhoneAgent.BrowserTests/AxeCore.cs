using System.Diagnostics;
using Microsoft.Playwright;

namespace PhoneAgent.BrowserTests;

/// <summary>The accessibility rules of axe-core, fetched by npm into a folder that git ignores; nothing of it is ours to keep.</summary>
internal static class AxeCore
{
    private const string Version = "4.10.3";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string Folder = Path.Combine(ServerProcess.Root, "tests", "PhoneAgent.BrowserTests");
    private static readonly string Script = Path.Combine(Folder, "node_modules", "axe-core", "axe.min.js");
    private static readonly Lazy<string?> WhyMissing = new(Install);

    /// <summary>Why it is not to be had; null when it is there. Fetched at the first question.</summary>
    public static string? Missing => WhyMissing.Value;

    /// <summary>Serious and critical violations of a page, one a line.</summary>
    public static async Task<string[]> CheckAsync(IPage page)
    {
        string script = await File.ReadAllTextAsync(Script);
        // Evaluated by the debugger and not by the page, whose policy forbids strangers' scripts.
        await page.EvaluateAsync($"() => {{ {script} }}");
        return await page.EvaluateAsync<string[]>("""
            async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`))
            """);
    }

    private static string? Install()
    {
        if (File.Exists(Script))
            return null;
        try
        {
            using Process npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", $"axe-core@{Version}"])
            {
                WorkingDirectory = Folder,
            })!;
            npm.WaitForExit(Patience);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not installed: it fetches axe-core";
        }
        return File.Exists(Script) ? null : $"npm could not fetch axe-core {Version}";
    }
}
