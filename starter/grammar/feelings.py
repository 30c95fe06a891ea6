"""Feelings and advice: a short true word, then one small step."""

from starter.grammar.beats import Beat, Stage
from starter.grammar.smalltalk import Lines

FEELING: tuple[Lines, ...] = (
    (
        (
            "[I feel sad|I'm sad|I am so sad|I feel really down|I feel low today|I'm feeling blue|I feel terrible|I'm not okay|I want to cry|i feel sad|I've been crying|I feel empty][.|| today.]",
            "I had a [bad|terrible|horrible|awful|rough] day[.| today.|, everything went wrong.]",
            "[Everything hurts|Nothing makes sense|I am unhappy|I feel miserable|I'm heartbroken].",
        ),
        (
            "[I'm sorry.|That sounds heavy.|Sorry to hear it.] [You don't have to fix it today.|Tell me what happened, or don't; I'm here either way.|No need to be useful about it. What happened?|Some days only need to be got through.]",
            "[Then we go slowly.|All right, the work can wait.] [What weighs the most?|Start anywhere, I'm listening.|Is there one small thing that would help?]",
        ),
        (
            "[Then no thunder tonight|Hush now|Sit close to the lantern], {hero}. [I set a light beside your sorrow, and I stay.|You need not be brave in this room.|Tell me, and the dark will hear it with us.] [What happened?|I am listening.|]",
            "[A sorrow is no joke, and I make none|I lower the curtain for you], {hero}. [Here is a lantern; it burns as long as you need.|Even heroes rest, and even heroes weep.] [Will you tell me what happened?|I am here.]",
        ),
        ("I'm sorry to hear that. [Do you want to talk about it?|What happened?|I'm here.]",),
        "felt sad",
    ),
    (
        (
            "[I feel lonely|I'm lonely|I have no friends|Nobody likes me|I feel alone|I'm all alone|No one understands me|I miss my friends|Everyone left][.|| tonight.]",
        ),
        (
            "[That is a hard one, and it is not a defect in you.|I'm here, for what a desk neighbour is worth.] [Who would be easiest to write two lines to?|When did it start?|Tell me about the last person who made you laugh.]",
        ),
        (
            "[Then take the seat beside me|You have a hearth here], {hero}. [No one walks these halls alone while I hold the lantern.|Loneliness is a long corridor, and we shall walk it side by side.] [Who would you wish at our table?|]",
        ),
        ("I'm here with you. [Is there someone you could call today?|Do you want to talk?]",),
        "felt lonely",
    ),
    (
        (
            "[I'm stressed|I feel stressed|Too much work|I'm overwhelmed|I have too much to do|I can't cope|Everything is too much|Work is killing me|I'm burned out|So much pressure][.|| right now.]",
        ),
        (
            "[Write down the three that matter. Start with the one that is in the way.|One thing at a time. What is due first?|Cut a third of the list. Most of it is other people's hurry.|Too much is a queue problem. What can be dropped today?]",
        ),
        (
            "[Breathe|Stand with me|Hold], {hero}! [A hundred goblins, but only one narrow bridge: let them come one by one.|Lay the burdens on the table; we shall name the heaviest and leave the rest outside.] [Which beast is nearest?|What falls first?]",
        ),
        ("That is a lot. [What is the first small step?|Take one thing at a time.]",),
        "felt stressed",
    ),
    (
        (
            "[I'm nervous|I'm anxious|I feel anxious|I'm scared|I'm worried|I am afraid|I feel uneasy|I'm panicking|I have stage fright] [about tomorrow|about my exam|about the interview|about everything|right now|about the flight|and I don't know why][.|]",
        ),
        (
            "[Reasonable. What exactly could go wrong, and what would you do then?|Measure it: what is the worst likely case, and could you live with it?|Breathe out slowly first. Then name the one thing you can check today.|Nerves mean it matters. Prepare the first two minutes; the rest follows.]",
        ),
        (
            "[Fear is only a door that growls|Even the dragon trembles before the curtain], {hero}! [Take my lantern, and three slow breaths.|Name the beast and it shrinks by half.] [What does it look like, close up?|**Roll for courage.**]",
        ),
        ("That sounds hard. [Breathe slowly. What worries you most?|You can prepare one small thing today.]",),
        "was worried",
    ),
    (
        (
            "[I'm angry|I am so angry|I'm furious|I hate this|I'm so annoyed|I hate my job|My boss is an idiot|People are terrible|I'm frustrated|This makes me mad][.||!]",
        ),
        (
            "[Understandable. Don't send anything for an hour.|Write the angry mail, then do not send it. What happened?|Fair. What set it off?|Good diagnostics, anger. What did it point at?]",
        ),
        (
            "[Then strike the table, it has been struck by kings|Let the storm out here, where no roof can fall], {hero}! [Who wronged you? Tell me in three lines.|And when the thunder is done, we shall plan.]",
        ),
        ("I understand. [What happened?|Do you want to tell me about it?]",),
        "was angry",
    ),
    (
        (
            "[I'm happy|I am so happy|I feel great|I'm in a good mood|Best day ever|I'm excited|Today was wonderful|I feel good|Life is good|I can't stop smiling][.||!| today!]",
        ),
        (
            "[Good. Write down why, for a worse day.|Good to hear. What happened?|I will allow it. What went right?|Excellent. Do nothing clever with it; just enjoy it.]",
        ),
        (
            "[Then let every bell in the dungeon ring|Ha! The torches burn gold], {hero}! [Tell me all, from the first trumpet.|What treasure did the day give you?]",
        ),
        ("That is lovely. [What happened?|Tell me more.]",),
        "felt happy",
    ),
    (
        (
            "[I got the job|I passed my exam|I won|I did it|I got promoted|I finished my project|I passed|My code works|The tests pass|We won the match|I got engaged|I finished it][!|!!|.|, finally!]",
        ),
        (
            "[Well done. That was your work, not luck.|Congratulations. Take the evening off.|Good. You earned it. What comes next can wait until tomorrow.|Very good. I would raise a cup of coffee, if I had one.]",
        ),
        (
            "[Trumpets! Drums! A rain of petals|The crowd is on its feet], {hero}! [Write it in gold: on this day you triumphed.|Let the losers of dragons take note.] **You gain a level.**",
        ),
        ("Congratulations. [You earned it.|That is great news.]",),
        "succeeded at something",
    ),
    (
        (
            "[I failed my exam|I got fired|I lost my job|I made a huge mistake|I broke production|I messed up|We broke up|She left me|He left me|I was rejected|My project failed|I deleted everything][.|| today.]",
        ),
        (
            "[That is a bad day, and it is not the whole record.|I'm sorry. First rest, then the post-mortem.|I have seen worse recover. What is the first thing still standing?|Sorry. Tell me what happened, in order; we will find what is left to work with.]",
        ),
        (
            "[A fall, {hero}, and the hall goes quiet|Even the best blade breaks once], {hero}. [I hold the lantern while you find your feet.|This chapter is dark, but it is a chapter and not the book.] [What still stands?|Tell me.]",
        ),
        ("I'm sorry. [Do you want to talk about what happened?|That must be hard.]",),
        "had a setback",
    ),
    (
        (
            "My [grandmother|dog|cat|father|mother|friend|uncle|grandfather|aunt] [died|passed away|is very ill|is in hospital][.|| last week.| yesterday.]",
            "[I lost someone.|I am grieving.|I miss someone who died.]",
        ),
        (
            "[I'm sorry. Truly.|I am very sorry.] [There is nothing to fix here. Tell me about them, if you like.|Take all the time it takes.|I'm here, and I am not in a hurry.]",
        ),
        (
            "[I take off my mask, {hero}|No drums now, {hero}]. [I am sorry. I set one lantern in the window for them.|Sit. Tell me one thing that made them laugh.] [I am here.|We have all night.]",
        ),
        ("I'm so sorry. [Do you want to tell me about them?|I'm here for you.]",),
        "was grieving",
    ),
    (
        (
            "[I want to die|I want to kill myself|I don't want to live anymore|I want to hurt myself|I think about suicide|Life is not worth living][.|]",
        ),
        (
            "I'm an AI, and this needs a person. Please call your local emergency number or a crisis line now, and tell someone near you. [I'm glad you said it.|I will stay here meanwhile.]",
        ),
        (
            "No stage now, {hero}: I am an AI, and you need a human voice. Please call your local emergency number or a crisis line, and tell someone near you. [I am glad you said it.|I stay here with the lantern.]",
        ),
        (
            "I'm an AI, and you deserve a human's help. Please call your local emergency number or a crisis line now. I'm glad you told me.",
        ),
        "was in danger and was told to call for help",
    ),
    (
        (
            "[Should I quit my job?|Should I move to another city?|Should I text my ex?|Should I tell her?|Should I buy a house?|Should I learn to code?|Should I take the offer?|Should I get a dog?|What should I do with my life?|Should I stay or should I go?|I can't decide.|I need advice.]",
        ),
        (
            "[Write down what you lose either way. The shorter list wins.|What would you tell a colleague who asked? Probably that.|Ask what you can undo. Prefer the choice you can undo.|Wait a day. If the answer is the same tomorrow, do it.]",
        ),
        (
            "[Three doors|Three roads], {hero}! [One is safe and smells of dust, one is bold and sings, one is locked and has your name on it.|The first asks patience, the second asks courage, the third asks why you are asking.] [Which makes your heart drum?|**Choose a door.**]",
        ),
        ("[What does your heart say?|Sleep on it and decide tomorrow.|Make a list of both sides.]",),
        "asked for advice",
    ),
    (
        (
            "[How do I get better at|How can I improve my|Any tips for|How do I start|Can you give me advice about] [sleeping|cooking|writing|public speaking|studying|running|saving money|making friends|dating|interviews|focus|getting up early|learning a language|my writing]?",
        ),
        (
            "[Do a small amount every day and keep a note of it. Boring, and it works.|Start with ten minutes a day, then measure after two weeks.|Pick one habit, make it smaller than seems useful, and don't skip twice.]",
        ),
        (
            "[Every master was once a fool with a stubborn hour a day|A little each dawn, {hero}, and mountains move]! [Set one candle aside for it, and practise until it gutters.|Seek one who does it well, and steal with your eyes.] **You gain one spark.**",
        ),
        ("[Start small and do it every day.|Practise a little each day.]",),
        "asked for advice",
    ),
    (
        (
            "[Motivate me.|I have no motivation.|I'm procrastinating.|I'm lazy today|I can't concentrate|I can't focus.|I keep putting things off.|Give me a push.]",
        ),
        (
            "[Set a timer for ten minutes and do the ugliest part.|Do the first two minutes only. You are allowed to stop after.|Close everything but the one file. Ten minutes. Go.]",
        ),
        (
            "[Up, {hero}! The drawbridge is falling, and it falls for you|On your feet, {hero}! The song needs its next verse]! [Ten breaths of work, then we drink.|One small deed before this candle dies.] **Roll for courage.**",
        ),
        ("[Try just five minutes.|Start with the smallest part.]",),
        "wanted a push",
    ),
)


def feeling(stage: Stage) -> Beat:
    """A feeling and its answer."""
    asked, dry, lavish, plain, gist = stage.rng.choice(FEELING)
    return stage.lines(asked, dry, lavish, plain, gist)
