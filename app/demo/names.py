"""Names of invented people. Every family name is the local word for “example”, so nobody can take them for real."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """Given names and the one family name of a language, in its own script."""

    family: str
    given: tuple[str, ...]


def _names(family: str, given: str) -> Names:
    return Names(family, tuple(given.split()))


LANGUAGES: dict[str, Names] = {
    "bg": _names("Примеров", "Мария Иван Елена Георги Десислава Николай Радка Петър"),
    "bs": _names("Primjer", "Amina Emir Lejla Adnan Selma Haris Mirela Damir"),
    "cs": _names("Příklad", "Jana Tomáš Lenka Jiří Zuzana Ondřej Kateřina Aleš"),
    "da": _names("Eksempel", "Astrid Søren Freja Mikkel Signe Lars Ida Jens"),
    "de": _names("Beispiel", "Anna Jürgen Lena Matthias Greta Florian Käthe Stefan"),
    "el": _names("Παραδειγματίδης", "Ελένη Γιώργος Μαρία Νίκος Κατερίνα Δημήτρης Σοφία Πέτρος"),
    "en": _names("Sample", "Alice Oliver Grace Harry Moira Callum Nia Rhys"),
    "es": _names("Ejemplo", "Lucía Javier Carmen Álvaro Inés Íñigo Marta Pablo"),
    "et": _names("Näidis", "Liis Jüri Kadri Rasmus Piret Tõnu Maarja Ülo"),
    "fi": _names("Esimerkki", "Aino Mikko Päivi Jukka Sini Väinö Outi Ilkka"),
    "fr": _names("Exemple", "Camille Étienne Chloé François Aurélie Benoît Élodie Noël"),
    "hr": _names("Primjerić", "Ana Ivan Petra Luka Maja Tomislav Nika Hrvoje"),
    "hu": _names("Példa", "Zsófia Gábor Réka László Eszter Bálint Ágnes Ödön"),
    "hy": _names("Օրինակյան", "Անի Արամ Նարե Տիգրան Լիլիթ Դավիթ Մարիամ Հայկ"),
    "is": _names("Dæmisson", "Sigríður Þór Guðrún Ólafur Birna Einar Ásta Jökull"),
    "it": _names("Esempio", "Giulia Marco Chiara Luca Francesca Niccolò Elena Paolo"),
    "ka": _names("მაგალითაძე", "ნინო გიორგი თამარ დავით მარიამ ლევან ანა ირაკლი"),
    "lt": _names("Pavyzdys", "Rūta Jonas Eglė Tomas Živilė Žygimantas Aušra Darius"),
    "lv": _names("Piemērs", "Līga Jānis Ilze Mārtiņš Kristīne Ģirts Elīna Raimonds"),
    "mk": _names("Примеровски", "Ана Александар Елена Горан Марија Стефан Ѓорѓи Весна"),
    "mt": _names("Eżempju", "Ċetta Ġorġ Marija Pawlu Rożi Ġużeppi Katarina Toni"),
    "nl": _names("Voorbeeld", "Femke Joris Lotte Wouter Marieke Bram Anouk Daan"),
    "no": _names("Døme", "Ingrid Håkon Solveig Øyvind Marit Bjørn Kari Ståle"),
    "pl": _names("Przykład", "Małgorzata Łukasz Agnieszka Paweł Joanna Grzegorz Żaneta Michał"),
    "pt": _names("Exemplo", "Inês João Catarina Tomás Conceição Nuno Luísa Rui"),
    "ro": _names("Exemplu", "Ioana Ștefan Andreea Mihai Raluca Cătălin Ileana Doina"),
    "sk": _names("Príkladný", "Mária Ľubomír Zuzana Marek Katarína Juraj Želmíra Peter"),
    "sl": _names("Primerek", "Maja Luka Špela Matej Nina Žiga Urška Boštjan"),
    "sq": _names("Shembulli", "Arta Besnik Elira Dritan Jeta Ilir Vjosa Agron"),
    "sr": _names("Примеровић", "Јелена Милан Ивана Никола Марија Ђорђе Љиљана Стефан"),
    "sv": _names("Exempel", "Åsa Björn Linnéa Erik Märta Göran Elin Östen"),
    "tr": _names("Örnek", "Ayşe Mehmet Zeynep Çağlar Elif Ömer Gül Şahin"),
    "uk": _names("Прикладенко", "Олена Андрій Марія Тарас Ірина Богдан Ївга Юрій"),
}

BY_COUNTRY = {
    "AL": "sq", "AM": "hy", "AT": "de", "BA": "bs", "BE": "nl", "BG": "bg", "CH": "de", "CY": "el", "CZ": "cs",
    "DE": "de", "DK": "da", "EE": "et", "ES": "es", "FI": "fi", "FR": "fr", "GB": "en", "GE": "ka", "GR": "el",
    "HR": "hr", "HU": "hu", "IE": "en", "IL": "en", "IS": "is", "IT": "it", "LT": "lt", "LU": "fr", "LV": "lv",
    "MD": "ro", "ME": "bs", "MK": "mk", "MT": "mt", "NL": "nl", "NO": "no", "PL": "pl", "PT": "pt", "RO": "ro",
    "RS": "sr", "SE": "sv", "SI": "sl", "SK": "sk", "TR": "tr", "UA": "uk", "XK": "sq",
}  # fmt: skip
"""The language whose names people of a country get here (ISO 3166-1 alpha-2, and XK)."""


def of_country(country: str) -> Names:
    """The names for a country; English ones where none are kept for it."""
    return LANGUAGES[BY_COUNTRY.get(country, "en")]
