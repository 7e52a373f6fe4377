using System.Diagnostics;
using Microsoft.Playwright;

namespace PhoneAgent.BrowserTests;

/// <summary>The accessibility rules of axe-core, fetched by npm into a folder that git ignores; nothing of it is ours to keep.</summary>
internal static class AxeCore
{
    private const string Version = "4.10.3";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Its script; null, with the reason, where it is not to be had.</summary>
    public static async Task<(string? Script, string? Missing)> FindAsync()
    {
        string folder = Path.Combine(ServerProcess.Root, "tests", "PhoneAgent.BrowserTests", "node_modules");
        string script = Path.Combine(folder, "axe-core", "axe.min.js");
        if (!File.Exists(script))
            await InstallAsync(Path.GetDirectoryName(folder)!);
        return File.Exists(script) ? (await File.ReadAllTextAsync(script), null) : (null, $"npm could not fetch axe-core {Version}");
    }

    /// <summary>Serious and critical violations of a page, one a line.</summary>
    public static async Task<string[]> CheckAsync(IPage page, string script)
    {
        // Evaluated by the debugger and not by the page, whose policy forbids strangers' scripts.
        await page.EvaluateAsync($"() => {{ {script} }}");
        return await page.EvaluateAsync<string[]>("""
            async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`))
            """);
    }

    private static async Task InstallAsync(string folder)
    {
        try
        {
            using Process npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", $"axe-core@{Version}"])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            await npm.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or TimeoutException)
        {
            // No npm, or no registry: the test says so.
        }
    }
}
