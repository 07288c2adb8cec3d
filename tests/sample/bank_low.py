"""Material of pages that a quality filter should drop, and of spam and hostile pages."""

OFFERS = (
    "Fresh rolls baked daily, six flavours, ready before sunrise.",
    "Hand painted mugs, free delivery within three days.",
    "Garden chairs made from oak, built for rainy summers.",
    "Warm socks, sizes small through large, four colours available now.",
    "Strong black tea from small farms, sold in paper bags.",
    "Used bicycles, checked by our own mechanic, one year guarantee.",
    "Soft wool blankets, woven locally, washed without chemicals.",
    "Large selection: kites, marbles, wooden trains, board games.",
    "Honey from mountain meadows, last jars before winter.",
    "Reading lamps, bright but gentle light, low power use.",
    "Rain coats for children, blue or yellow, half price today.",
    "Repair service for clocks, usually done within one week.",
    "Old maps, framed or rolled, shipped worldwide by post.",
    "Sourdough starter, three years old, still very lively.",
    "Kitchen knives sharpened while you wait, every Friday morning.",
    "Paper lanterns for garden parties, ten pieces per box.",
    "Boat paint, white or green, dries overnight even during rain.",
    "Seeds for wild flowers, mixed by hand, sown from April onwards.",
    "Piano lessons for beginners, quiet room near station.",
    "Our workshop builds shelves, tables, benches, doors.",
    "Cheese from goats, aged nine months, cut fresh at our counter.",
    "Second hand novels, crime, travel, poetry, one price for all.",
    "Umbrellas repaired while customers drink coffee upstairs.",
    "Leather belts cut by hand, please measure before ordering.",
)

LONG_WORDS = (
    "Straßenbeleuchtungsgenehmigungsverfahren",
    "Hafenverwaltungsangelegenheiten",
    "Trinkwasserversorgungseinrichtungen",
    "Brückenunterhaltungsverpflichtung",
    "Gemeindehaushaltsausgleichszahlungen",
    "Fahrradwegeausbaubeschleunigung",
    "Wochenmarktstandplatzvergabe",
    "Leuchtturmwärterfortbildungen",
    "Obstwiesenbewirtschaftungszuschüsse",
    "Büchereibenutzungsordnungsänderungen",
    "Schneeräumungsdienstvereinbarungen",
    "Ferienwohnungsvermietungsbescheinigungen",
    "Deichunterhaltungsbeitragsbescheide",
    "Kirchturmuhrenreparaturkostenvoranschlag",
)
LONG_LINKS = ("der", "für", "und", "über die", "wegen", "gemäß", "sowie", "betreffend")

KEYWORDS = (
    "cheap harbour hotel",
    "best ferry tickets",
    "discount garden furniture",
    "instant loan approval",
    "free casino bonus",
    "miracle weight loss tea",
    "replica watches online",
    "lucky lottery numbers",
    "used car bargains",
    "hair growth serum",
)
PITCHES = (
    "If you are looking for {key}, you have come to the right place for {key}, because we compare {key} every day.",
    "Our {key} is the best {key} that you can buy, and with {key} you save more than with any other {key}.",
    "Thousands of happy customers have found {key} with us, so order {key} now and be the first with {key}.",
    "Click here to get {key} today, and do not forget to tell your friends about {key} and {key}.",
    "Do you want to know the secret of {key}? The secret of {key} is to buy {key} from the {key} experts.",
    "With our {key} guarantee, {key} has never been easier, so choose {key} and enjoy {key} at home.",
)

HOSTILE = (
    "A reader wrote <script>alert(1)</script> into our guest book and wondered why nothing happened at all.",
    'The field "name" accepted the value "><img src=x onerror=alert(\'ink\')> for more than a year, it seems.',
    "Others tried '; DROP TABLE readers; -- and were thanked for the creative use of our contact form.",
    "Templates such as {{7*7}} or ${jndi:test} & friends should be printed as they are, with <b>no</b> effect.",
)

ERROR_PAGE = (
    "The page that you asked for is not here, and it may be that it never was.",
    "Perhaps the address was copied with a letter too few, or the article was moved when we built the new site.",
    "You can go back to the front page, look through the archive by month, or search for a word that you remember.",
    "If you followed a link from our own site, please be so kind as to tell us, so that we can repair it.",
    "Until then we wish you a pleasant day and hope that you will find what you have been looking for.",
)

TEASERS = (
    "The story of the missing weathercock goes on, and this time a neighbour has seen something",
    "Nobody knew what was inside the box until the children of the village opened it with a spoon",
    "She had walked along the same street for years before she noticed the small green door",
    "There is one thing about the old mill that the owner has never told to any of the visitors",
    "What happened at the harbour that night has been told in many ways, but one of them is new",
    "It was the coldest morning of the year, and the ferry had not come back to the pier",
    "The letter had been lying in the archive for a century when a student began to read it",
    "Everybody in the valley knows the sound, but only a few can say where it comes from",
    "They wanted to repair the clock in a week and found that it had never been a clock",
    "The baker has a plan for the empty house, and the mayor does not like it at all",
    "When the snow had melted, the gardeners could see what the moles had been building",
    "He counted the steps of the lighthouse again and again, and there was always one too many",
)

TABLE_HEAD = ("Station", "Morning", "Noon", "Evening", "Rainfall")
TABLE_INTRO = (
    "The table shows what our weather stations have measured in the course of the month, and the values are raw."
)
