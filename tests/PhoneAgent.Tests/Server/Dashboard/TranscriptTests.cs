using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Dashboard.Calls;
using Xunit;

namespace PhoneAgent.Tests.Server.Dashboard;

public sealed class TranscriptTests
{
    private readonly Transcript _transcript = new();
    private int _number;

    [Fact]
    public void InterimWordsBecomeTheFinalOnesInTheSameLine()
    {
        Add(new TimelineEvent.Interim("I want", false) { At = Seconds(1) });
        Assert.Equal(("I want", true), (Line.Text, Line.IsOpen));
        Add(new TimelineEvent.Interim("I want to", false) { At = Seconds(2) },
            new TimelineEvent.Final("I want to go", RecognitionOutcome.Recognized, 0.9, null) { At = Seconds(3) });

        Assert.Equal(new TranscriptLine(0, Side.Caller, Seconds(1), "I want to go"), Line);
    }

    [Fact]
    public void TheToneOfAnUtteranceBelongsToItsLineWheneverItComes()
    {
        Add(new TimelineEvent.Final("late", RecognitionOutcome.Recognized, 0.9, null) { At = Seconds(1) }, Tone("sad"),
            new TimelineEvent.Interim("early", false) { At = Seconds(2) }, Tone("happy"));

        Assert.Equal(["sad", "happy"], _transcript.Lines.Select(l => l.Mood));
    }

    [Fact]
    public void WhatTheCallerNeverHeardIsCutOff()
    {
        Add(new TimelineEvent.AgentSentence(1, "One moment.") { At = Seconds(1) },
            new TimelineEvent.AgentSentence(1, "I look that up for you.") { At = Seconds(1) });
        Assert.Equal("One moment. I look that up for you.", Line.Pending);
        Add(new TimelineEvent.Heard(1, "One moment. I look", Interrupted: true) { At = Seconds(3) });

        Assert.Equal(("One moment. I look", "that up for you.", "", false), (Line.Text, Line.Cut, Line.Pending, Line.IsOpen));
    }

    [Fact]
    public void WhatWasHeardInTwoPartsIsOneLine()
    {
        Add(new TimelineEvent.AgentSentence(4, "Goodbye.") { At = Seconds(1) },
            new TimelineEvent.AgentSentence(4, "Have a nice day.") { At = Seconds(1) },
            new TimelineEvent.Heard(4, "Goodbye.", Interrupted: false) { At = Seconds(2) },
            new TimelineEvent.Heard(4, "Have a nice day.", Interrupted: false) { At = Seconds(3) });

        Assert.Equal(("Goodbye. Have a nice day.", ""), (Line.Text, Line.Cut));
    }

    [Fact]
    public void NoiseLeavesNoLineAndWhatWasNotUnderstoodIsMarked()
    {
        Add(new TimelineEvent.Final("", RecognitionOutcome.Empty, 0, null) { At = Seconds(1) });
        Assert.Empty(_transcript.Lines);
        Add(new TimelineEvent.Final("", RecognitionOutcome.Rejected, 0.2, null) { At = Seconds(2) });

        Assert.Equal(("(not understood)", true), (Line.Text, Line.IsDoubtful));
    }

    [Fact]
    public void OnlyWhatChangedIsNews()
    {
        Add(new TimelineEvent.Final("hello", RecognitionOutcome.Recognized, 0.9, null) { At = Seconds(1) },
            new TimelineEvent.AgentSentence(1, "Hi.") { At = Seconds(2) });
        int seen = _number;
        Add(new TimelineEvent.Heard(1, "Hi.", Interrupted: false) { At = Seconds(3) },
            new TimelineEvent.Transfer("sip:desk@example.com", "ringing", null) { At = Seconds(4) });

        Assert.Equal([1, 2], _transcript.Since(seen).Select(l => l.Number));
        Assert.Equal((Side.Note, "Agent transfer to sip:desk@example.com: ringing"), (Line.Side, Line.Text));
    }

    [Fact]
    public void AFailureIsAnUrgentNote()
    {
        Add(new TimelineEvent.Failure("voice", "gone", "another speaks") { At = Seconds(1) });
        Assert.True(Line.IsUrgent);
    }

    private TranscriptLine Line => _transcript.Lines[^1];

    private void Add(params TimelineEvent[] events)
    {
        foreach (TimelineEvent happened in events)
            _transcript.Add(happened, _number++);
    }

    private static TimelineEvent.Emotion Tone(string label) => new(label, 0.8, new Dictionary<string, double>(), true) { At = Seconds(2) };

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
