using PhoneAgent.Conversation.Answering;

namespace PhoneAgent.EvalAmd;

/// <summary>One answered call, and the truth about it.</summary>
/// <param name="Truth">Who answers; a machine that beeps is right as soon as it is known for a machine.</param>
/// <param name="From">What time to verdict counts from: a person's last voiced sample, the beginning of anything else.</param>
/// <param name="Beep">When the machine records; null for what does not.</param>
internal sealed record Answer(string Name, AnswerKind Truth, short[] Audio, TimeSpan From, TimeSpan? Beep = null);

/// <summary>The answers of one half. Voices, speakers, texts and recordings of the two halves differ.</summary>
internal sealed class Answers(Speech speech, bool tuning)
{
    private readonly List<Answer> _all = [];
    private readonly Random _random = new(tuning ? 1 : 2);
    private readonly string[] _noises = [.. ((string[])["data/noise/soundtool", "data/noise/esc10"]).SelectMany(folder => speech.Files(folder)).Where((_, i) => i % 2 == (tuning ? 0 : 1))];

    public List<Answer> Make()
    {
        foreach (string voice in Texts.Voices(tuning))
        {
            foreach (string text in Texts.Hellos(tuning))
                Person($"{voice}: {text}", speech.Say(voice, text));
            foreach (string text in Texts.CompanyHellos(tuning))
                Person($"{voice}: {text}", speech.Say(voice, text));
            foreach (string text in Texts.Greetings(tuning))
                Machine($"{voice}: {text}", line => Greet(line, voice, text));
            Announcement(voice);
        }
        Recorded();
        Tones();
        for (int i = 0; i < 12; i++)
            Add("silence", AnswerKind.Silent, new Line().Silence(9), TimeSpan.Zero);
        return _all;
    }

    private void Person(string name, short[] hello)
    {
        Line line = new Line().Silence(Between(0.2, 1.2)).Voice(hello);
        TimeSpan end = line.Now;
        line.Silence(Between(2, 4));
        // Who hears nothing yet, or not enough, says something again.
        if (_random.Next(3) == 0)
            line.Voice(hello.Length < 20_000 ? hello : hello[..20_000]).Silence(3);
        Add(name, AnswerKind.Person, line.Silence(2), end);
    }

    private void Machine(string name, Action<Line> greet)
    {
        Line line = new Line().Silence(Between(0.2, 1.5));
        TimeSpan start = line.Now;
        greet(line);
        line.Silence(Between(0.2, 1.2));
        (double hz, double seconds)? beep = _random.Next(8) switch { 0 => null, 1 or 2 => (1_000, 0.5), 3 => (440, 0.4), 4 => (1_400, 0.25), 5 => (850, 0.8), 6 => (2_000, 0.3), _ => (620, 1.0) };
        TimeSpan? records = beep is null ? null : line.Now + TimeSpan.FromSeconds(beep.Value.seconds);
        if (beep is { } tone)
            line.Tone(tone.seconds, tone.hz);
        Add(name, AnswerKind.Machine, line.Silence(9), start, records);
    }

    /// <summary>A text with pauses: each "|" is 0.4 s.</summary>
    private void Greet(Line line, string voice, string text)
    {
        foreach (string part in text.Split('|'))
        {
            if (part.Trim().Length > 0)
                line.Voice(speech.Say(voice, part.Trim()));
            line.Silence(0.4);
        }
    }

    private void Announcement(string voice)
    {
        Line line = new Line().Silence(Between(0.1, 0.6));
        TimeSpan start = line.Now;
        line.Tone(0.33, 950).Tone(0.33, 1_400).Tone(0.33, 1_800).Silence(0.3).Voice(speech.Say(voice, Texts.Announcement)).Silence(4);
        Add($"{voice}: announcement", AnswerKind.NotInService, line, start);
    }

    private void Recorded()
    {
        bool IsMine(int i) => i % 2 == (tuning ? 0 : 1);
        string[] speakers = tuning ? ["03", "08", "09", "10", "11"] : ["12", "13", "14", "15", "16"];
        foreach (string path in speech.Files("data/emotion/emodb").Where(path => speakers.Contains(Path.GetFileName(path)[..2])).Where((_, i) => i % 4 == 0))
            Person(path, speech.Recorded(path));
        string[] readers = tuning ? ["george", "jackson", "lucas"] : ["nicolas", "theo", "yweweler"];
        foreach (string path in speech.Files("data/speech/fsdd").Where(path => readers.Contains(Path.GetFileName(path).Split('_')[1])).Where((_, i) => i % 4 == 0))
            Person(path, speech.Recorded(path));
        const string Folder = "data/noise/callattendant-resources";
        string[] sit = ["IC_SIT", "disconnected-with-sit", "not-in-service-with-sit", "blocked-with-sit"];
        foreach ((int i, string name) in sit.Index())
            if (IsMine(i))
                Add(name, AnswerKind.NotInService, new Line().Silence(0.3).Voice(speech.Recorded($"{Folder}/{name}.wav")).Silence(4), TimeSpan.FromSeconds(0.3));
        string[] ends = ["please-leave-a-message-at-the-tone", "leave-a-message-at-the-tone", "please-leave-a-message", "please-leave-a-message-at-the-tone-or-your-number-may-be-blocked-in-the-future"];
        string[] begins = ["sorry-i-cant-take-your-call", "this-is-a-recording", "wee-screen-all-calls-so-please-leave-a-message", "this-number-screens-unknown-calls", "press-1-to-leave-a-message"];
        foreach ((int i, (string begin, string end)) in begins.SelectMany(begin => ends.Select(end => (begin, end))).Index())
            if (IsMine(i))
                Machine($"{begin} {end}", line => line.Voice(speech.Recorded($"{Folder}/{begin}.wav")).Silence(Between(0.2, 0.7)).Voice(speech.Recorded($"{Folder}/{end}.wav")));
    }

    private void Tones()
    {
        foreach (double level in tuning ? new[] { -12.0, -24 } : [-16.0, -28])
        {
            foreach ((double[] hz, double[] ms) in new[] { (new[] { 480.0, 620 }, new[] { 0.5, 0.5 }), ([425, 0], [0.5, 0.5]), ([425, 0], [0.48, 0.48]), ([400, 0], [0.375, 0.375]) })
                Add("busy", AnswerKind.Busy, Cadence(hz, ms, 6, level), TimeSpan.FromSeconds(0.2));
            foreach ((double[] hz, double[] ms) in new[] { (new[] { 480.0, 620 }, new[] { 0.25, 0.25 }), ([425, 0], [0.25, 0.25]), ([425, 0], [0.2, 0.2]), ([400, 0], [0.4, 0.35, 0.225, 0.525]) })
                Add("congestion", AnswerKind.Congested, Cadence(hz, ms, 8, level), TimeSpan.FromSeconds(0.2));
            foreach ((double first, double length1, double second, double length2, AnswerKind truth) in new[]
            {
                (913.8, 0.274, 1370.6, 0.274, AnswerKind.NotInService), (985.2, 0.38, 1370.6, 0.274, AnswerKind.NotInService),
                (985.2, 0.38, 1428.5, 0.38, AnswerKind.Congested), (913.8, 0.274, 1428.5, 0.38, AnswerKind.Congested),
            })
                Add("special information", truth, new Line().Silence(0.2).Tone(length1, first, 0, level).Tone(length2, second, 0, level).Tone(0.38, 1776.7, 0, level).Silence(4), TimeSpan.FromSeconds(0.2));
            Add("fax answers", AnswerKind.Fax, new Line().Silence(0.4).Tone(3, 2_100, 0, level).Silence(3), TimeSpan.FromSeconds(0.4));
            Add("modem answers", AnswerKind.Fax, new Line().Silence(0.4).Tone(0.45, 2_100, 0, level).Tone(0.45, 2_100, 0, level).Tone(2.4, 2_100, 0, level).Silence(3), TimeSpan.FromSeconds(0.4));
            Add("fax calls", AnswerKind.Fax, Cadence([1_100, 0], [0.5, 3], 3, level), TimeSpan.FromSeconds(0.2));
        }
        // A call that is put through rings again after its answer: that is not the answer.
        foreach (string voice in Texts.Voices(tuning))
            foreach ((double[] hz, double[] ms) in new[] { (new[] { 440.0, 480 }, new[] { 2.0, 4 }), ([425, 0], [1.0, 4]), ([400, 450], [0.4, 0.2, 0.4, 2]) })
            {
                Line line = Cadence(hz, ms, 1, -20).Silence(0.6).Voice(speech.Say(voice, Texts.Hellos(tuning)[0]));
                TimeSpan end = line.Now;
                Add($"{voice}: rings again", AnswerKind.Person, line.Silence(5), end);
            }
    }

    private static Line Cadence(double[] hz, double[] seconds, int times, double level)
    {
        Line line = new Line().Silence(0.2);
        for (int i = 0; i < times; i++)
            for (int part = 0; part < seconds.Length; part++)
                _ = part % 2 == 0 ? line.Tone(seconds[part], hz[0], hz[1], level) : line.Silence(seconds[part]);
        return line;
    }

    private void Add(string name, AnswerKind truth, Line line, TimeSpan from, TimeSpan? beep = null) =>
        _all.Add(new Answer(name, truth, line.ToCall(_random, random => speech.Recorded(_noises[random.Next(_noises.Length)])), from, beep));

    private double Between(double least, double most) => least + _random.NextDouble() * (most - least);
}
