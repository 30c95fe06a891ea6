"""What people and characters say of themselves, and what of it changes later.

Written without having read how changes are found, and not to be changed to suit that: whoever works on it should add
others elsewhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """`said` in the order in which it is said: two statements, or three where the last one takes back the second; one
    where nothing ever changes. `now` asks for what is true, `before` for what was."""

    said: tuple[str, ...]
    now: str
    before: str = ""
    is_characters: bool = False


def _changes(lines: str, *, is_characters: bool = False) -> tuple[Change, ...]:
    rows = (block.splitlines() for block in lines.strip().split("\n\n"))
    return tuple(Change(tuple(row[:-2]), row[-2], row[-1], is_characters) for row in rows)


CHANGED = _changes("""
I live in a tiny flat in Leeds, right above a chip shop.
We unpacked the last box tonight. Bristol already feels like home.
Where do I live?
Where did I live before?

I work as a night nurse at St Brannock's.
My first week at the school library is over, and nobody bled on me once.
What is my job?
What did I work as before?

My dog Biscuit is a beagle with no manners at all.
Biscuit died in her sleep on Sunday. The house is so quiet.
How is my dog doing?
What was my dog like?

I take the tram to work, line nine, always full.
I bought a bicycle, so no more tram for me in the mornings.
How do I get to work?
How did I get to work earlier?

My girlfriend is called Ingrid, she builds harpsichords.
Ingrid and I broke up last week. It was coming for a while.
Am I seeing anybody?
Who was my girlfriend?

I drink my coffee black, two cups before anybody may speak to me.
My doctor took coffee away from me, it is mint tea from here on.
What do I drink in the morning?
What did I use to drink in the morning?

I am studying marine biology in my third year.
I switched my degree over to statistics, the paperwork went through today.
What am I studying?
What did I study at first?

My favourite band is Copper Weather, I have all of their records.
I have gone right off Copper Weather. It is all Lanternjaw for me these days.
What is my favourite band?
Which band did I like best before?

My phone number ends in 4471.
I have a new number, it ends in 9038 now, the old one is dead.
What does my phone number end in?
What was my old phone number?

I am a vegetarian, have been since school.
I had a steak on Friday, the first in eleven years. I am eating meat again.
Do I eat meat?
What did I eat before, was I a vegetarian?

Our wedding is set for the twelfth of June.
We had to move the wedding to the fourth of September because of the hall.
When is our wedding?
When was our wedding planned at first?

My car is an old green Saab that hates the cold.
The Saab finally gave up, and I drive my aunt's silver Yaris.
What car do I drive?
What car did I have before?

I play the trombone in the town band on Wednesdays.
I sold my trombone. My lip never healed after the accident.
Which instrument do I play?
Which instrument did I play once?

I share a room with Dominik, who snores like a tractor.
Dominik moved out in March, and Yusuf has his bed.
Who is my roommate?
Who was my roommate earlier?

I am training for the marathon in Utrecht.
My knee decided for me: I will walk the ten kilometres in Utrecht, no marathon.
What am I training for?
What did I train for originally?

My landlady is Mrs Opperman, she counts the light bulbs.
The house was sold, and our landlord is a company called Brickfold.
Who is my landlord?
Who was my landlady before?

My hair is long, down to my belt.
I shaved my head for charity on Saturday!
What does my hair look like?
How did I wear my hair before?

We are expecting a boy, the doctor is quite sure.
The doctor was wrong about the baby, it is a girl.
Are we having a boy or a girl?
What did the doctor tell us first about the baby?

I smoke a packet a day and I am not proud of it.
Day ninety without a cigarette. I think I have really quit.
Do I smoke?
How much did I smoke?

My desk is in the corner office on the fourth floor.
They put us all in the basement while the fourth floor is painted.
Where is my desk?
Where was my desk before?

I am scared of flying, I have never set foot in a plane.
I flew to Oslo and back, and it was fine. I am over that fear.
Am I afraid of flying?
What was I scared of?

My brother Teo is in the navy, somewhere off Malta.
Teo left the navy and bakes bread in Valletta.
What does my brother Teo do?
What did Teo do before?

I go to bed at ten, like a farmer.
Since the shifts changed I never get to sleep until three in the morning.
When do I go to bed?
When did I go to bed before?

I want to become a judge one day.
Law is not for me after all. I am going to be a carpenter like my grandfather.
What do I want to become?
What did I once want to become?

My laptop runs Fedora and I would not have it otherwise.
I gave in and got a Macbook from the company, the Fedora machine is in a drawer.
What computer do I use?
What did I have on my laptop before?

The novel I am writing is called The Salt Clerk.
My editor hated the title, so the book will be called Ninety Winters.
What is my novel called?
What was the first title of my novel?

I am allergic to cats, my eyes swell shut.
The injections worked, I held a cat for an hour and nothing happened.
Am I allergic to cats?
What was I allergic to?

My rent is 640 a month.
They raised our rent to 815, can you believe that?
What is my rent?
What was my rent before?

I do yoga with Mirela on Tuesday evenings.
Mirela's class is on Thursdays from this month.
On which day do I do yoga?
On which day was yoga before?

My best friend Aoife lives two doors down.
Aoife emigrated to Wellington. I waved until the train was gone.
Where does Aoife live?
Where did Aoife live before?

I am saving for a sailing boat.
I spent the boat money on a piano, and I regret nothing.
What am I saving for?
What was I saving for before?

Our team is called the Mudlarks.
The league made us rename the team, we play as the Rooks.
What is our team called?
What was our team's name at first?

I am the youngest of three, all girls.
Mum had a baby last night! So I am not the youngest any longer.
Am I the youngest in my family?
Was I ever the youngest?

My therapist is Doctor Haldane.
Doctor Haldane retired, I see Doctor Brisco on Mondays.
Who is my therapist?
Who was my therapist before?

I cannot swim, water up to the knees is plenty.
I swam four whole lengths on my own today!
Can I swim?
Could I swim when we met?

My exam is on the ninth.
The exam has been pushed back to the twenty-third.
When is my exam?
When was my exam going to be?

I have a beard that my mother hates.
Mother won: the beard is gone.
Do I have a beard?
Did I have a beard?

My shop sells second-hand cameras.
We stopped selling cameras in the shop, it is all typewriters these days.
What does my shop sell?
What did my shop sell before?

My password hint is the name of the blue parrot.
I set the password hint to the street of the bakery.
What is my password hint?
What was my password hint before?

I believe in ghosts, I have seen one on the stairs.
It was the neighbour's lamp. I do not believe in ghosts any more.
Do I believe in ghosts?
What did I once see on the stairs?
""")

REVERSED = _changes("""
I wear glasses, thick ones.
I got contact lenses and the glasses are in a box.
The lenses itch, so it is glasses again for me.
Do I wear glasses or lenses?
What did I try instead of glasses?

I am with the Harrow bank.
I moved all my money over to Finchbank.
Finchbank lost my card twice. I went back to Harrow with everything.
Which bank am I with?
Which bank did I try for a while?

My horse stands on my parents' farm near Dover.
I moved the horse to a stable in Ghent.
The stable in Ghent closed, so the horse is back on the farm near Dover.
Where does my horse stand?
Where did I move my horse to?

I write with my left hand.
With the cast on I write with my right hand.
The cast is off and I am left-handed again.
Which hand do I write with?
Which hand did I use with the cast?

My hair is its natural brown.
I dyed my hair green, you would laugh.
The green is all washed out, plain brown once more.
What colour is my hair?
Which colour did I dye my hair?

I drive the bus on route six.
They gave me route fourteen, out to the quarry.
I have my old route six back, thank goodness.
Which bus route do I drive?
Which route did they give me in between?

I am engaged to Rosalind.
Rosalind and I called off the engagement.
Rosalind said yes a second time, we are engaged again!
Am I engaged to Rosalind?
Did Rosalind and I ever call it off?

I eat no sugar at all.
I gave up on the sugar thing, there was cake every day this week.
Off sugar again since Monday, and this time for good.
Do I eat sugar?
When did I give up on eating no sugar?

Our choir meets at the chapel.
The choir has to meet in the gym while the chapel roof is mended.
The roof is done, and the choir is back at the chapel.
Where does our choir meet?
Where did the choir meet while the roof was mended?

My manager is Petra.
Petra is on leave, and Olaf manages us.
Petra has returned, so Olaf is not my manager any more.
Who is my manager?
Who managed us while Petra was on leave?
""")

CHARACTERS = _changes(
    """
My favourite flower is the foxglove.
I have grown tired of foxgloves. The winter rose is my favourite.
What is your favourite flower?
Which flower did you like best before?

I sleep in the tower, under the bell.
I have moved my bed into the kitchen, where it is warm.
Where do you sleep?
Where did you sleep before?

I keep a raven named Quill.
Quill flew off in the storm and did not come back.
Do you have a raven?
What was your raven called?

I am learning to play the lute.
The lute is firewood. I am learning the pipes instead.
Which instrument are you learning?
Which instrument did you learn at first?

I have never seen the sea.
I stood at the sea yesterday, with my boots full of it.
Have you seen the sea?
Had you seen the sea when we first spoke?

I trust the captain with my life.
The captain lied to me. I will not trust him again.
Do you trust the captain?
What did you think of the captain at first?

My cloak is grey wool.
I lost the grey cloak at cards, so I wear a red one.
What colour is your cloak?
What cloak did you wear before?

I am writing a letter to the queen.
I burned the letter. I shall ride to the queen myself.
What are you doing about the queen?
What did you first plan to send the queen?

I drink nothing but water.
Wine, these days. Forgive me, it was a long winter.
What do you drink?
What did you drink before?

The map is hidden behind the clock.
I took the map from behind the clock and buried it under the pear tree.
Where is the map?
Where was the map hidden first?
""",
    is_characters=True,
)

KEPT = tuple(
    Change((said,), asked)
    for said, asked in (
        line.split("|")
        for line in """
My middle name is Philippa.|What is my middle name?
I was born in a caravan outside Tralee.|Where was I born?
I broke my collarbone falling off a donkey.|How did I break my collarbone?
My grandfather repaired church clocks.|What did my grandfather repair?
I speak Welsh at home.|Which language do I speak at home?
My lucky number is 37.|What is my lucky number?
I am colour-blind for red and green.|Which colours can I not tell apart?
My twin sister is called Maristela.|What is my twin sister called?
I collect beer mats, 900 of them by last count.|What do I collect?
The first film I saw at a cinema was The Red Kettle.|Which film did I first see at a cinema?
My blood group is AB negative.|What is my blood group?
I once won a pig at a fair.|What did I win at a fair?
I have a scar on my chin from a skipping rope.|Where does the scar on my chin come from?
My godmother runs a lighthouse in Brittany.|Who runs a lighthouse?
I learned to ride at a circus.|Where did I learn to ride?
My tortoise is older than I am, he is called Admiral.|What is my tortoise called?
I am named after a storm.|What am I named after?
I proposed to nobody and nobody proposed to me, I married by lottery.|How did I come to be married?
My birthday is on the second of February.|When is my birthday?
I studied glass blowing in Murano.|What did I study in Murano?
""".strip().splitlines()
    )
)
