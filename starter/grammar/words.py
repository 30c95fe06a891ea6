"""Ordinary words that fill slots: topics, things, people, feelings, places."""

TOPICS = tuple(
    "chess|astronomy|gardening|history|volcanoes|trains|opera|jazz|football|painting|poetry|cooking|bread|tea|coffee|"
    "mountains|the sea|whales|bees|dinosaurs|robots|black holes|philosophy|politics|economics|taxes|mathematics|"
    "statistics|physics|chemistry|biology|medicine|languages|Latin|grammar|novels|films|theatre|dance|knitting|"
    "woodwork|cars|bicycles|sailing|climbing|swimming|running|yoga|sleep|dreams|memory|time travel|ghosts|castles|"
    "knights|dragons|maps|weather|winter|summer|autumn|spring|the moon|Mars|satellites|radio|photography|fashion|"
    "architecture|bridges|clocks|music|guitars|drums|pianos|birds|cats|dogs|horses|spiders|mushrooms|trees|cheese|"
    "chocolate|spices|rice|pasta|soup|the stock market|insurance|marketing|management|meetings|email|remote work|"
    "exams|school|university|teachers|children|parents|weddings|holidays|travel|Japan|Iceland|Paris|London|Rome|"
    "Egypt|the Vikings|pirates|board games|card games|video games|crosswords|puzzles|magic tricks|comics|cartoons|"
    "quantum physics|machine learning|databases|compilers|operating systems|networks|encryption|open source|"
    "functional programming|web design|spreadsheets|printers|keyboards|batteries|solar power|rockets|submarines".split(
        "|"
    )
)

THINGS = tuple(
    "kettle|lamp|umbrella|notebook|backpack|wallet|passport|bicycle|guitar|violin|camera|laptop|tablet|phone|printer|"
    "toolbox|ladder|tent|raincoat|scarf|watch|ring|mirror|blanket|teapot|radio|telescope|map|compass|suitcase|piano|"
    "helmet|lantern|clock|diary|sewing machine|drill|spare key|charger|headphones|chess set|hammock|kayak".split("|")
)

HIDING_PLACES = tuple(
    "attic|cellar|garage|kitchen drawer|bookcase|wardrobe|shed|hall cupboard|desk|blue box|red box|piano stool|"
    "greenhouse|laundry basket|top shelf|bottom drawer|car boot|old suitcase|bread bin|biscuit tin".split("|")
)

RELATIVES = tuple(
    "sister|brother|mother|father|mum|dad|aunt|uncle|cousin|nephew|niece|grandmother|grandfather|wife|husband|son|"
    "daughter|partner|girlfriend|boyfriend|stepbrother|godmother|best friend|twin|roommate|flatmate|neighbour|"
    "landlord|boss|manager|colleague|teacher|tutor|coach|dentist|doctor|therapist|barber|lawyer|accountant|plumber|"
    "mentor|rival|first love|oldest friend|piano teacher|driving instructor|project lead|intern|tenant".split("|")
)

PETS = tuple(
    "dog|cat|horse|parrot|goldfish|hamster|rabbit|tortoise|snake|ferret|canary|goat|pony|gecko|kitten|puppy|"
    "budgie|hen|donkey|guinea pig".split("|")
)

NAMED_THINGS = tuple(
    "boat|car|van|band|company|project|server|laptop|robot|village|street|school|team|cafe|shop|novel|farm|"
    "cottage|plant|cactus|motorbike|ship|blog|podcast|startup|choir|club|house|sword|teddy bear|wifi network|"
    "git branch|database|guitar|game character|wizard|rogue|tavern|sourdough starter|3D printer|spaceship".split("|")
)

NUMBERED_THINGS = tuple(
    "locker code|door code|room number|flight number|seat number|bus number|house number|phone extension|"
    "order number|ticket number|booking reference|alarm code|gate code|safe combination|badge number|"
    "membership number|invoice number|parking space|license plate|table number|employee number|student number|"
    "port number|bike lock code|wifi password|pass phrase|tracking number|case number|apartment number|postcode|"
    "lucky number|jersey number|platform number|high score|PIN|reservation number|serial number|desk number|"
    "train number|library card number|ward number|build number|ticket id|password hint|secret word".split("|")
)

SECRETS = tuple(
    "passphrase|pass phrase|password|code word|codeword|secret word|keyword|watchword|magic word|safe word|secret code|"
    "key phrase|secret name|answer|hint|spell".split("|")
)

FAVOURITES = tuple(
    "colour|food|drink|book|film|song|band|game|animal|flower|city|season|singer|writer|dish|cheese|tea|sport|team|"
    "planet|spell|board game|painter|poet|restaurant|cafe|park|word|number|sweet|cake|language|teacher|toy|tree".split(
        "|"
    )
)

PLAIN_VALUES = tuple(
    "red|blue|green|purple|orange|yellow|black|grey|pizza|lasagna|curry|ramen|sushi|pancakes|tacos|apple pie|coffee|"
    "green tea|lemonade|cider|cocoa|chess|poker|tennis|football|rugby|hockey|swimming|foxes|owls|otters|wolves|cats|"
    "dolphins|roses|tulips|lilies|spring|autumn|winter|summer|Berlin|Lisbon|Oslo|Kyoto|Dublin|Madrid|Prague|Tuesday|"
    "gouda|brie|cheddar|jazz|blues|opera|techno|violin|cello|harp|Spanish|Italian|Welsh|Finnish|peanuts|shellfish|"
    "pollen|wasps|heights|spiders|lightning|thunder|clowns|deep water|stamps|old coins|postcards|vinyl records".split(
        "|"
    )
)

SENSED = tuple(
    "candle smoke|wet stone|old iron|pine needles|cold ash|warm bread|salt wind|damp velvet|distant bells|spilled wine|"
    "burnt sugar|wild thyme|rusty hinges|a crackling hearth|rain on slate|ink and parchment|turning pages|a low drum|"
    "moth wings|silver strings|a far horn|crushed mint|dragon breath|frost on glass|beeswax|thunder beyond the hills|"
    "lantern oil|old leather|honey and smoke|fresh snow|a raven's cry|creaking rope|apple peel|dry leaves|river mist|"
    "dust and starlight|a slow heartbeat|bootsteps overhead|spiced tea|a whisper behind the curtain".split("|")
)

WEEKDAYS = tuple("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday".split("|"))
MONTHS = tuple("January|February|March|April|May|June|July|August|September|October|November|December".split("|"))

EVENTS = tuple(
    "dentist appointment|job interview|exam|birthday|wedding|flight|concert|driving test|meeting|presentation|"
    "anniversary|holiday|recital|marathon|deadline|graduation|house move|check-up|book club|school trip".split("|")
)

JOBS = tuple(
    "nurse|teacher|baker|programmer|student|carpenter|painter|driver|gardener|designer|librarian|chef|musician|"
    "lawyer|electrician|pilot|farmer|tester|writer|plumber|accountant|biologist|photographer|manager".split("|")
)

HOBBIES = tuple(
    "chess|knitting|hiking|baking|painting|running|fishing|sailing|board games|photography|gardening|singing|"
    "climbing|reading|cycling|pottery|birdwatching|cooking|dancing|swimming|drawing|woodwork".split("|")
)

FEELINGS = tuple(
    "happy|sad|calm|curious|proud|worried|tender|excited|grateful|lonely|amused|tired|hopeful|angry|moved|uneasy|"
    "warm|joyful|afraid|relieved|concerned|thoughtful|neutral".split("|")
)

CHARACTER_NAMES = tuple(
    "Mira|Tobias|Ines|Orlo|Petra|Juno|Cassius|Wren|Hugo|Salma|Bram|Odile|Felix|Nadia|Rufus|Tilda|Anselm|Koji|Leona|"
    "Viggo|Marta|Silas|Yara|Edda|Pascal|Noor|Jonas|Freya|Dario|Lotte|Basil|Greta|Ivo|Hazel|Quentin|Rosa".split("|")
)

PEOPLE = tuple(
    "Sam|Alex|Maria|John|Anna|Ben|Lucy|Omar|Priya|Tom|Eva|Leo|Nina|Paul|Kate|Max|Zoe|Ali|Emma|Jack|Sofia|David|"
    "Laura|Mark|Julia|Peter|Sarah|Daniel|Chen|Yuki|Ivan|Olga|Carlos|Fatima|Grace|Henry|Mia|Oscar|Ruth|Simon".split("|")
)
