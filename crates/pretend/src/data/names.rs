//! The names that people, streets and towns have, by language.

/// One language's names.
pub(crate) struct Names {
    pub(crate) locale: &'static str,
    pub(crate) salutations: [&'static str; 2],
    pub(crate) women: &'static [&'static str],
    pub(crate) men: &'static [&'static str],
    pub(crate) families: &'static [&'static str],
    pub(crate) streets: &'static [&'static str],
    pub(crate) towns: &'static [(&'static str, &'static str)],
}

/// Six people in ten speak German, two French, one Italian, one English.
pub(crate) const SHARES: [&Names; 10] = [
    &GERMAN, &GERMAN, &GERMAN, &GERMAN, &GERMAN, &GERMAN, &FRENCH, &FRENCH, &ITALIAN, &ENGLISH,
];

/// Some people book for a company.
pub(crate) const COMPANIES: [&str; 5] = [
    "Alpenblick Reisen AG",
    "Musterwerk GmbH",
    "Atelier du Lac Sàrl",
    "Studio Ceresio SA",
    "Freunde der Freilichtbühne",
];

const GERMAN: Names = Names {
    locale: "de",
    salutations: ["Frau", "Herr"],
    women: &[
        "Anna", "Barbara", "Céline", "Fränzi", "Jolanda", "Lea", "Regula", "Ursula",
    ],
    men: &[
        "Beat",
        "Christoph",
        "Jürg",
        "Lukas",
        "Peter",
        "Reto",
        "Thomas",
        "Urs",
    ],
    families: &[
        "Aebischer",
        "Brühlmann",
        "Gerber",
        "Huber",
        "Küng",
        "Müller",
        "Schär",
        "von Allmen",
        "Zürcher",
    ],
    streets: &[
        "Bahnhofstrasse",
        "Dorfgasse",
        "Lindenweg",
        "Mühlemattstrasse",
        "Seefeldstrasse",
    ],
    towns: &[
        ("8001", "Zürich"),
        ("3011", "Bern"),
        ("4051", "Basel"),
        ("6003", "Luzern"),
        ("9000", "St. Gallen"),
        ("3600", "Thun"),
        ("7000", "Chur"),
    ],
};

const FRENCH: Names = Names {
    locale: "fr",
    salutations: ["Madame", "Monsieur"],
    women: &["Amélie", "Chloé", "Françoise", "Hélène", "Noémie"],
    men: &["Benoît", "Étienne", "François", "Jérôme", "Loïc"],
    families: &["Bonvin", "Crettenand", "Favre", "Perréaz", "Rochat"],
    streets: &["Avenue de la Gare", "Chemin des Vignes", "Rue du Marché"],
    towns: &[
        ("1003", "Lausanne"),
        ("1204", "Genève"),
        ("2000", "Neuchâtel"),
        ("1950", "Sion"),
    ],
};

const ITALIAN: Names = Names {
    locale: "it",
    salutations: ["Signora", "Signor"],
    women: &["Chiara", "Federica", "Giulia"],
    men: &["Luca", "Matteo", "Nicolò"],
    families: &["Bernasconi", "Fontana", "Pedrazzini"],
    streets: &["Via Nassa", "Via San Gottardo", "Viale Stazione"],
    towns: &[
        ("6900", "Lugano"),
        ("6500", "Bellinzona"),
        ("6600", "Locarno"),
    ],
};

const ENGLISH: Names = Names {
    locale: "en",
    salutations: ["Ms", "Mr"],
    women: &["Emily", "Grace", "Olivia"],
    men: &["Daniel", "Oliver", "Tom"],
    families: &["Carter", "O'Neill", "Tomson"],
    streets: &["Rue de Lausanne", "Bellerivestrasse"],
    towns: &[("1201", "Genève"), ("8008", "Zürich"), ("6300", "Zug")],
};

/// The name as a mail address can hold it.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => plain.push(letter),
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'à' | 'â' => plain.push('a'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' => plain.push('i'),
            'ô' | 'ò' => plain.push('o'),
            'ç' => plain.push('c'),
            _ => {}
        }
    }
    plain
}
