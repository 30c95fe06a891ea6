"""Seven emotions by their words and signs, in English: a tenth of a millisecond for a message.

Each met word counts once, three make it certain, and the emotion with most is the one. Between two that are met as
often VADER's sentiment decides, if one is pleasant and the other is not.
"""

from collections import Counter

from inference.emotion.adapters import vader
from inference.emotion.emotion import NONE, PLEASANT, UNPLEASANT, Emotion, EmotionClassifier, Feeling
from inference.emotion.words import Vocabulary

# So many words of an emotion make it certain.
CERTAIN = 3
# As VADER's authors draw the line between a text that leans to one side and an even one.
LEANING = 0.05

WORDS = {
    Emotion.JOY: (
        "happy happier happiest happily happiness glad gladly joy joyful joyous joyfully delight delighted delightful "
        "excited exciting excitement thrilled thrilling ecstatic elated overjoyed cheerful cheerfully cheery merry "
        "wonderful fantastic amazing awesome fabulous marvelous marvellous great fun enjoy enjoyed enjoying enjoys "
        "laugh laughed laughing laughs laughter giggle giggled giggling smile smiled smiles smiling grin grinned "
        "grinning celebrate celebrated celebrating celebration proud pride yay hooray hurray woohoo haha hahaha lol "
        "bliss blissful euphoric exhilarated exhilarating jubilant radiant pleased satisfied "
        "triumph victorious lovely hopeful optimistic blessed grateful thankful sunny playful delights "
        "rejoice gleeful glee"
    ),
    Emotion.SADNESS: (
        "sad sadder saddest sadly sadness unhappy unhappiness cry cried cries crying tears tearful weep weeping wept "
        "sob sobbed sobbing grief grieve grieving grieved mourn mourned mourning lonely loneliness alone lonesome "
        "heartbroken heartbreak heartbreaking heartache miserable misery depressed depressing depression hopeless "
        "hopelessness despair despairing sorrow sorrowful gloomy gloom melancholy devastated devastating "
        "hurt hurting hurts worthless disappointed disappointing disappointment regret regrets regretted "
        "funeral homesick downcast dejected forlorn discouraged unloved abandoned bereaved"
    ),
    Emotion.ANGER: (
        "angry angrier angriest angrily anger angered mad madder furious furiously fury rage raging enraged outrage "
        "outraged outrageous annoyed annoying annoys annoyance irritated irritating irritates irritation frustrated "
        "frustrating frustration hate hated hates hating hatred resent resented resentful resentment livid seething "
        "infuriated infuriating infuriates hostile bitter bitterly offended insulted insulting pissed idiot idiotic "
        "stupid damn bastard shout shouted shouting yell yelled yelling scream screamed unfair betrayed betrayal"
    ),
    Emotion.FEAR: (
        "afraid fear feared fearful fears fearing scared scare scares scary scarier frightened frightening frighten "
        "terrified terrifying terror terrify horror horrified panic panicked panicking panicky anxious anxiously "
        "anxiety worry worried worries worrying nervous nervously dread dreaded dreading dreads uneasy unease tense "
        "phobia nightmare nightmares alarmed alarming danger dangerous threatened threatening trembling tremble "
        "trembled shaking creepy petrified paranoid helpless apprehensive apprehension insecure doom"
    ),
    Emotion.SURPRISE: (
        "surprise surprised surprises surprising surprisingly astonished astonishing astonishment astounded "
        "astounding shocked shocking shock stunned stunning amazed startled startling unexpected "
        "unexpectedly unbelievable incredible incredibly wow whoa woah omg gosh speechless flabbergasted "
        "dumbfounded blimey"
    ),
    Emotion.DISGUST: (
        "disgust disgusted disgusting disgusts gross grossed revolting revolted repulsive repulsed repulsion "
        "nauseous nauseated nauseating nausea sickening vile filthy filth nasty yuck yucky ew eww ewww ugh icky "
        "foul stench stinks stinking putrid rotten vomit vomited puke repugnant loathsome loathe loathed "
        "loathing despise despised despicable distasteful abhorrent"
    ),
    Emotion.LOVE: (
        "love loved loves loving lovingly beloved adore adored adores adoring adorable affection affectionate "
        "affectionately cherish cherished cherishes darling sweetheart dearest honey tender tenderly tenderness "
        "romance romantic passion passionate hug hugs hugged hugging kiss kissed kisses kissing cuddle cuddled "
        "cuddling cuddles embrace embraced soulmate devoted devotion fond fondly fondness crush smitten"
    ),
}
PHRASES = {
    Emotion.JOY: (
        "can't wait",
        "cannot wait",
        "over the moon",
        "can't stop smiling",
        "on cloud nine",
        "made my day",
        "best day ever",
        "looking forward to",
    ),
    Emotion.SADNESS: (
        "broken heart",
        "passed away",
        "heart is broken",
        "broke my heart",
        "feeling down",
        "in tears",
        "miss you",
        "miss him",
        "miss her",
        "miss them",
        "gave up on me",
    ),
    Emotion.ANGER: ("fed up", "sick of", "had enough of", "makes my blood boil", "drives me crazy", "leave me alone"),
    Emotion.FEAR: ("freaking out", "freaked out", "panic attack", "on edge"),
    Emotion.SURPRISE: ("oh my god", "no way", "out of nowhere", "can't believe", "cannot believe", "didn't expect"),
    Emotion.DISGUST: ("makes me sick", "turns my stomach", "made me sick"),
    Emotion.LOVE: (
        "care about you",
        "care for you",
        "fall in love",
        "fell in love",
        "falling in love",
        "in love",
        "close to my heart",
    ),
}
SIGNS = {
    Emotion.JOY: "😀 😃 😄 😁 😆 😊 🙂 😂 🤣 😺 🎉 🥳 😎 🤩 🌞 :) :-) :D :-D ^^",
    Emotion.SADNESS: "😢 😭 😞 😔 🙁 ☹ 😿 💔 🥺 😥 😓 :( :-( :'(",
    Emotion.ANGER: "😠 😡 🤬 👿 💢 😤",
    Emotion.FEAR: "😨 😰 😱 😧 😟 🫣",
    Emotion.SURPRISE: "😮 😲 😯 🤯 😳 :O :-O",
    Emotion.DISGUST: "🤢 🤮 🤧 😖",
    Emotion.LOVE: "❤ 💕 💖 💗 💘 💝 💞 💓 💙 💚 💛 🧡 💜 🖤 🤍 😍 🥰 😘 😻 🤗 <3",
}
# Who is not so is sad; what is not exciting, or no fun, makes nobody so.
JOYLESS = frozenset(
    "happy glad cheerful delighted joyful optimistic hopeful pleased satisfied laughing smiling".split()
)
# Said of something else than a feeling: a wish, a refusal, a courtesy.
NO_FEELINGS = (
    "i'd love to",
    "would love to",
    "i'm afraid so",
    "i'm afraid not",
    "i'm afraid i",
    "i'm afraid that",
    "great deal",
    "great many",
    "great grandmother",
    "great grandfather",
    "not to mention",
    "leave it alone",
    "fun fact",
)


def build(model: str = "") -> EmotionClassifier:
    """There is only one such lexicon: no `model` is needed."""
    return LexiconClassifier()


class LexiconClassifier:
    def __init__(self) -> None:
        self._sentiment = vader.build()
        self._words: Vocabulary[Emotion] = Vocabulary()
        for emotion, words in WORDS.items():
            self._words.add(emotion, (*words.split(), *PHRASES[emotion]), SIGNS[emotion].split())
        self._words.add(None, NO_FEELINGS)

    def classify(self, text: str) -> Feeling:
        """Who is not happy is sad; otherwise a denial says only that an emotion is not there."""
        counted: Counter[Emotion] = Counter()
        for met in self._words.met(text):
            if not met.is_denied:
                counted[met.meaning] += 1
            elif met.words in JOYLESS:
                counted[Emotion.SADNESS] += 1
        if not counted:
            return NONE
        scores = {emotion: min(number / CERTAIN, 1.0) for emotion, number in counted.items()}
        emotion = self._dominant(counted, text)
        return Feeling(emotion, scores[emotion], scores)

    def _dominant(self, counted: Counter[Emotion], text: str) -> Emotion:
        most = max(counted.values())
        first, *others = [emotion for emotion in WORDS if counted[emotion] == most]
        if not others:
            return first
        compound = self._sentiment.analyze(text).compound
        fitting = PLEASANT if compound > LEANING else UNPLEASANT if compound < -LEANING else frozenset[Emotion]()
        return next((emotion for emotion in (first, *others) if emotion in fitting), first)
