using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Espeak;

/// <summary>
/// One run of the program. eSpeak NG is GPL-3 and has one global state: it is run beside this process and never linked.
/// Disposing kills it if it still runs, and waits for its end.
/// </summary>
internal sealed class EspeakProcess : IAsyncDisposable
{
    private const int DefaultWordsPerMinute = 175;
    private const int MaxErrorCharacters = 400;

    private readonly Process process;
    private readonly Task<string> errors;

    private EspeakProcess(Process process)
    {
        this.process = process;
        errors = ReadErrorsAsync(process.StandardError);
    }

    public Stream Output => process.StandardOutput.BaseStream;

    /// <exception cref="EngineException">The program is not installed or does not start.</exception>
    public static EspeakProcess Start(EspeakOptions options, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(options.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return new EspeakProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new EngineException($"eSpeak NG is not installed ('{options.Program}' does not start): run `apt-get install espeak-ng`.", e);
        }
    }

    public static EspeakProcess StartSpeaking(EspeakOptions options, string voice, double rate)
    {
        var speed = Math.Clamp((int)Math.Round(DefaultWordsPerMinute * rate), 80, 450);
        return Start(options, "-v", voice, "-s", speed.ToString(CultureInfo.InvariantCulture), "-b", "1", "--stdin", "--stdout");
    }

    /// <summary>Gives it the whole text; it speaks when its input has ended.</summary>
    public async Task WriteTextAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already: its exit code and its words say why.
        }
    }

    /// <exception cref="EngineException">It ended with an error, in its own words.</exception>
    public async Task CheckExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new EngineException($"espeak-ng ended with code {process.ExitCode}: {await errors.ConfigureAwait(false)}");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await errors.ConfigureAwait(false);
        process.Dispose();
    }

    /// <summary>Reads to the end, so that the program never blocks on a full pipe, and keeps the beginning.</summary>
    private static async Task<string> ReadErrorsAsync(StreamReader reader)
    {
        var kept = new StringBuilder();
        var buffer = new char[1_024];
        try
        {
            int count;
            while ((count = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
                kept.Append(buffer, 0, Math.Min(count, MaxErrorCharacters - kept.Length));
        }
        catch (IOException)
        {
            // Its end of the pipe broke when it was killed.
        }
        return kept.ToString().Trim();
    }
}
