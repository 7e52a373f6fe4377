using PhoneAgent.Audio.Tones;
using PhoneAgent.Conversation.Answering;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Answering;

/// <summary>Who answered, by when somebody speaks, by tones and by words: "v" speaks, "." is silent, one sign 100 ms.</summary>
public sealed class AnsweringMachineDetectorTests
{
    private const string Hello = "vvvvv";
    private readonly AnswerDetectionOptions _options = new();

    [Fact]
    public void AShortGreetingAndAPauseAreAPersons()
    {
        Answer answer = new Answer(_options).Hear("...." + Hello + "......");
        Assert.Null(answer.Last);
        answer.Hear("..");
        Assert.Equal((AnswerKind.Person, "short-greeting"), answer.Said);
        Assert.Equal(1.6, answer.Last!.At.TotalSeconds, 1);
    }

    [Fact]
    public void ALongerGreetingHasToWaitALittleLonger()
    {
        Answer answer = new Answer(_options).Hear("vvvvvvvvv..vvvvvvvvvvv.........");
        Assert.Null(answer.Last);
        Assert.Equal((AnswerKind.Person, "pause"), answer.Hear("...").Said);
    }

    [Fact]
    public void SpeechThatGoesOnIsAMachines()
    {
        Answer answer = new Answer(_options).Hear(new string('v', 20) + "....." + new string('v', 18));
        Assert.Equal((AnswerKind.Machine, "long-greeting"), answer.Said);
        Assert.Equal(4.2, answer.Last!.At.TotalSeconds, 1);
        Assert.Equal((AnswerKind.Voicemail, "beep"), answer.Hear("vvv..").Tone(CallTone.Beep).Said);
    }

    [Fact]
    public void AMachineWithoutABeepRecordsAfterItsGreeting()
    {
        Answer answer = new Answer(_options).Hear(new string('v', 50) + new string('.', 34));
        Assert.Equal(AnswerKind.Machine, answer.Said.Kind);
        Assert.Equal((AnswerKind.Voicemail, "end-of-greeting"), answer.Hear("..").Said);
        Assert.Equal((AnswerKind.Voicemail, "beep"), answer.Tone(CallTone.Beep).Said);
    }

    [Fact]
    public void WhoAsksAgainAfterALongHelloIsAPerson()
    {
        Answer answer = new Answer(_options).Hear(new string('v', 46) + new string('.', 16) + Hello + "........");
        Assert.Equal((AnswerKind.Person, "hello-again"), answer.Said);
    }

    [Fact]
    public void AMachinesLastWordsAreNoHelloAgain()
    {
        Answer answer = new Answer(_options).Hear(new string('v', 46) + "........" + Hello + "........");
        Assert.Equal(AnswerKind.Machine, answer.Said.Kind);
    }

    [Fact]
    public void ARecordingThatSaysHelloFirstTalksOn()
    {
        Answer answer = new Answer(_options).Hear(Hello + "........");
        Assert.Equal(AnswerKind.Person, answer.Said.Kind);
        Assert.Equal((AnswerKind.Machine, "talks-on"), answer.Hear("..." + new string('v', 41)).Said);
    }

    [Theory]
    [InlineData(25)] // he listens to the agent first
    [InlineData(3)] // he says a sentence
    public void APersonMayTalk(int pause)
    {
        Answer answer = new Answer(_options).Hear(Hello + "........").Hear(new string('.', pause) + new string('v', pause == 3 ? 35 : 80) + ".......");
        Assert.Equal(AnswerKind.Person, answer.Said.Kind);
    }

    [Theory]
    [InlineData("please leave a message after the tone", AnswerKind.Machine)]
    [InlineData("You have reached the Millers", AnswerKind.Machine)]
    [InlineData("the number you have dialled is not in service", AnswerKind.NotInService)]
    public void WordsTell(string words, AnswerKind kind) => Assert.Equal((kind, "phrase"), new Answer(_options).Hear("vvvvvvvvvv").Words(words).Said);

    [Fact]
    public void WordsTellOverTwoUtterancesAndAfterAFirstVerdict()
    {
        Answer answer = new Answer(_options).Hear(Hello).Words("hello", isFinal: true).Hear("........");
        Assert.Equal(AnswerKind.Person, answer.Said.Kind);
        answer.Hear("vvvvvvv").Words("please leave", isFinal: true).Hear("..vv").Words("a message");
        Assert.Equal((AnswerKind.Machine, "phrase"), answer.Said);
    }

    [Theory]
    [InlineData("good morning miller and sons tom speaking how can i help you")]
    [InlineData("hello who is this please")]
    public void WhoAsksIsAPersonHoweverLong(string words)
    {
        Answer answer = new Answer(_options).Hear(new string('v', 25)).Words(words).Hear(new string('v', 22) + "........");
        Assert.Equal((AnswerKind.Person, "asked"), answer.Said);
    }

    [Fact]
    public void APhraseInsideAWordIsNone() => Assert.Null(new Answer(_options).Hear("vvvv").Words("they were unavailables").Last);

    [Fact]
    public void OwnPhrasesCountToo() =>
        Assert.Equal(AnswerKind.Machine, new Answer(_options with { MachinePhrases = ["anrufbeantworter"] }).Hear("vvvv").Words("hier ist der anrufbeantworter").Said.Kind);

    [Theory]
    [InlineData(CallTone.Busy, AnswerKind.Busy)]
    [InlineData(CallTone.Congestion, AnswerKind.Congested)]
    [InlineData(CallTone.NoCircuit, AnswerKind.Congested)]
    [InlineData(CallTone.NotInService, AnswerKind.NotInService)]
    [InlineData(CallTone.Fax, AnswerKind.Fax)]
    public void TonesTell(CallTone tone, AnswerKind kind) => Assert.Equal(kind, new Answer(_options).Hear("..").Tone(tone).Said.Kind);

    [Fact]
    public void ABeepIsAMachinesOnceSomebodyHasSpoken()
    {
        Answer answer = new Answer(_options).Hear("..").Tone(CallTone.Beep);
        Assert.Null(answer.Last);
        Assert.Equal((AnswerKind.Voicemail, "beep"), answer.Hear(Hello).Tone(CallTone.Beep).Said);
    }

    [Fact]
    public void RingbackIsNoAnswer()
    {
        Answer answer = new Answer(_options).Hear(new string('.', 39)).Tone(CallTone.Ringback).Hear(new string('.', 39));
        Assert.Null(answer.Last);
        Assert.Equal((AnswerKind.Silent, "silence"), answer.Hear("..").Said);
    }

    [Fact]
    public void ATonesBeginningIsNoVoice()
    {
        Answer answer = new Answer(_options).Hear("vvttttttttt" + new string('.', 20));
        Assert.Null(answer.Last);
    }

    [Fact]
    public void ACoughIsNoGreeting() => Assert.Null(new Answer(_options).Hear("..v.............").Last);

    [Fact]
    public void MuchLaterNothingIsRevised()
    {
        Answer answer = new Answer(_options).Hear(Hello + new string('.', 180));
        Assert.Null(answer.Tone(CallTone.Beep).New);
        Assert.Null(answer.Words("leave a message").New);
        Assert.Equal(AnswerKind.Person, answer.Said.Kind);
    }

    [Fact]
    public void EveryVerdictSaysWhy()
    {
        AnswerVerdict verdict = new Answer(_options).Hear(Hello + "........").Last!;
        Assert.Equal("0.5 s of speech, then 0.7 s of silence", verdict.Detail);
    }

    [Fact]
    public void OptionsThatDoNotGoTogetherAreNamed()
    {
        AnswerDetectionOptions wrong = _options with { OnMachine = AnswerAction.LeaveMessage, OnFax = AnswerAction.LeaveMessage, AnswerAfter = TimeSpan.FromSeconds(2), LongGreeting = TimeSpan.FromSeconds(1) };
        Assert.Equal(["message", "on_fax", "answer_after", "long_greeting"], wrong.Check().Select(problem => problem.Key));
        Assert.Empty(_options.Check());
    }

    private sealed class Answer(AnswerDetectionOptions options)
    {
        private readonly AnsweringMachineDetector _detector = new(options);
        private TimeSpan _now;

        public AnswerVerdict? New { get; private set; }

        public AnswerVerdict? Last => _detector.Verdict;

        public (AnswerKind Kind, string Rule) Said => (Last!.Kind, Last.Rule);

        public Answer Hear(string line)
        {
            foreach (char sign in line)
                for (int i = 0; i < 5; i++)
                    Push(sign != '.', CallTone.None, sign == 't');
            return this;
        }

        public Answer Tone(CallTone tone) => Push(false, tone, false);

        public Answer Words(string text, bool isFinal = false)
        {
            New = _detector.OnWords(text, isFinal);
            return this;
        }

        private Answer Push(bool isVoiced, CallTone tone, bool isTone)
        {
            _now += TimeSpan.FromMilliseconds(20);
            New = _detector.Push(new AnswerFrame(_now, isVoiced, tone, isTone));
            return this;
        }
    }
}
