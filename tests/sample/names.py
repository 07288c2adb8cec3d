"""What the slots of the sentence banks are filled with, by language. All of it is invented.

Names stand in written order: the Japanese ``FIRST`` are family names.
"""

FIRST = {
    "en": ("Agnes", "Bertram", "Clara", "Dorian", "Edith", "Felix", "Greta", "Hugo", "Iris", "Jonas", "Marian", "Nora"),
    "de": ("Anneliese", "Bernd", "Carla", "Dieter", "Elke", "Friedrich", "Gudrun", "Holger", "Ingrid", "Jörg"),
    "fr": ("Agathe", "Benoît", "Camille", "Denis", "Élodie", "Fabien", "Gisèle", "Hervé", "Inès", "Joël"),
    "es": ("Alicia", "Benito", "Carmen", "Diego", "Elvira", "Félix", "Gloria", "Héctor", "Irene", "Joaquín"),
    "ru": ("Антон", "Борис", "Виктор", "Григорий", "Денис", "Егор", "Захар", "Игорь", "Кирилл", "Леонид"),
    "ja": ("青木", "石田", "上野", "大川", "金子", "木下", "小山", "坂本", "清水", "高田"),
}
LAST = {
    "en": (
        "Ashgrove",
        "Birchley",
        "Coldwater",
        "Dunmarsh",
        "Elmstone",
        "Fernhollow",
        "Greywood",
        "Hartfen",
        "Larkmoor",
    ),
    "de": ("Ahornbach", "Birkental", "Dornfeld", "Eichgrund", "Fichtenau", "Grauwasser", "Heidekamp", "Kornhaus"),
    "fr": ("Aubepierre", "Boisclair", "Champvert", "Dormeuil", "Fontbrune", "Grandpré", "Montclos", "Rivesault"),
    "es": ("Alamares", "Bosquejo", "Camporreal", "Fontanares", "Lagunillas", "Montealto", "Riofrío", "Valdeprado"),
    "ru": ("Берёзкин", "Вересов", "Дубравин", "Ельников", "Камышев", "Лугов", "Осинцев", "Полянин"),
    "ja": ("葵", "一郎", "薫", "健", "桜", "太郎", "直樹", "花子", "実", "陽子"),
}
TOWNS = {
    "en": ("Stonewick", "Marlbury", "Eastmere", "Quillhaven", "Brackenford", "Saltreach", "Thornby", "Wexcombe"),
    "de": ("Altmühlbach", "Steinwiesen", "Grünhagen", "Moorkirchen", "Seefelden", "Waldrode", "Hinterau"),
    "fr": ("Saint-Aubrac", "Port-Cendré", "Valmoussu", "Bellecroze", "Rochebrume", "Villeserre", "Montbruyère"),
    "es": ("Valdeluna", "Puertoseco", "Fuentemora", "Casarriba", "Peñalarga", "Riobermejo", "Villacorzo"),
    "ru": ("Белоречинск", "Сосногорье", "Лугоморск", "Тихоозёрск", "Камнебродск", "Заречинск", "Верхнебор"),
    "ja": ("青浜町", "白川村", "石橋町", "松岡市", "朝霧町", "水無瀬村"),
}
MONTHS = {
    "en": ("March", "April", "May", "June", "September", "October", "November"),
    "de": ("März", "April", "Mai", "Juni", "September", "Oktober", "November"),
    "fr": ("mars", "mai", "juin", "septembre", "octobre", "novembre"),
    "es": ("marzo", "abril", "mayo", "junio", "septiembre", "octubre"),
    "ru": ("марте", "апреле", "мае", "июне", "сентябре", "октябре"),
    "ja": ("三月", "四月", "五月", "六月", "九月", "十月"),
}
STREETS = ("Mill Lane", "Harbour Street", "Chapel Road", "Weaver's Row", "Station Hill", "Lantern Alley", "Orchard Way")

HOSTS = {
    "en": (
        "harbour-gazette.example",
        "www.stonewick-times.example",
        "mill-lane-news.test",
        "valley-observer.example",
        "blog.quillhaven.example",
        "eastmere-weekly.test",
        "www.orchard-post.example",
        "the-ferry-bell.example",
        "north-pier.test",
        "brackenford.example.org",
    ),
    "de": ("www.moorbote.example", "seefelden-anzeiger.example", "talblatt.test", "nachrichten.waldrode.example"),
    "fr": ("www.le-phare-local.example", "gazette-valmoussu.example", "bac-et-port.test"),
    "es": ("diario-valdeluna.example", "www.la-plaza.example", "noticias.riobermejo.test"),
    "ru": ("vestnik-lugomorsk.example", "www.belorechinsk-news.example", "gazeta.zarechinsk.test"),
    "ja": ("www.aohama-shinbun.example", "shirakawa-dayori.test"),
}
