namespace PhoneAgent.EvalAmd;

/// <summary>What people and machines say when they answer; other words and voices in each half.</summary>
internal static class Texts
{
    public const string Announcement = "We're sorry. The number you have dialed is not in service. Please check the number and dial again.";

    public static string[] Voices(bool tuning) => tuning ? ["slt", "rms", "en-us+f3", "en-gb+m1"] : ["awb", "kal16", "en-us+m3", "en-gb-x-rp+f2"];

    public static string[] Hellos(bool tuning) => tuning
        ? ["Hello?", "Yes?", "Hello, who is this?", "Hi, Anna here.", "Good morning.", "Miller.", "Speaking.", "Yeah, hello?", "Hello, this is Peter.", "Smith residence.", "Hold on. Yes, hello?"]
        : ["Hello.", "Yeah?", "Hi.", "Good evening, Carter.", "Hello, hello?", "This is Susan.", "Yes, hello, who is calling?", "Baker family.", "Good afternoon.", "Hey, what's up?", "One second. Hello?"];

    /// <summary>Longer: somebody at work, who then waits.</summary>
    public static string[] CompanyHellos(bool tuning) => tuning
        ? ["Miller Plumbing, good morning.", "Good afternoon, Green Garden Centre, Tom speaking.", "Hello, you're through to the workshop, how can I help you?"]
        : ["City Bikes, hello.", "Good morning, Parker and Sons, this is Jane.", "Thank you for calling the bakery, what can I do for you today?"];

    public static string[] Greetings(bool tuning) => tuning
        ?
        [
            "Hi, you've reached Peter. I can't come to the phone right now. Please leave a message after the beep.",
            "Hello. | | You have reached the Miller family. | We are not at home. Please leave your name and number after the tone.",
            "The person you are calling is not available. Please leave a message after the tone.",
            "Your call has been forwarded to an automated voice messaging system. At the tone, please record your message.",
            "Hi, it's Anna, leave a message.",
            "This is Tom. | I'm away from my desk. | Leave your name and your number, and I'll call you back as soon as I can. | Thanks.",
            "Hey there! | | | You know what to do after the beep, and I'll get back to you when I can.",
            "Thank you for calling Green Garden Centre. We are closed at the moment. Our opening hours are Monday to Friday from nine to six.",
            "Welcome to the voicemail of, | 5 5 5, 0 1 2 3. | Please leave a message.",
            "Please leave a message.",
        ]
        :
        [
            "Hello, this is Susan Carter. I'm sorry that I missed your call. Leave me a message and I will call you back.",
            "Hi. | | This is the Baker residence. | Nobody can take your call right now. Speak after the beep.",
            "The subscriber you have called cannot be reached at the moment. Please try again later or leave a message after the signal.",
            "You are connected to the mailbox of. | Jane Parker. | Please speak after the tone.",
            "Leave it after the beep.",
            "Good day, you have reached City Bikes. | All our mechanics are busy. | Please tell us your name, your number, and what is wrong with your bike.",
            "Yo, this is Mike. | | | Not here. Leave a message, maybe I'll call you back, maybe I won't.",
            "Parker and Sons. Our office is open from eight to five. If this is urgent, please call our emergency number.",
            "The mobile number you have called is switched off. | Please record your message. When you have finished, simply hang up.",
            "Hello? | | Hello? | Just kidding, I'm not here, leave me a message after the tone and have a nice day.",
        ];
}
