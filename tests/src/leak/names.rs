//! Names of people as campaigns have them, and the other words of the member's world.

/// Given name, family name, and both without accents in Latin letters.
pub(super) const PEOPLE: [(&str, &str, &str, &str); 44] = [
    ("Anna", "Lee", "Anna", "Lee"),
    ("José", "García-Ruiz", "Jose", "Garcia-Ruiz"),
    ("Zoë", "Andersson", "Zoe", "Andersson"),
    ("Jürgen", "Müller", "Juergen", "Mueller"),
    ("Łukasz", "Wójcik", "Lukasz", "Wojcik"),
    ("Minh", "Nguyễn", "Minh", "Nguyen"),
    ("安娜", "李", "Anna", "Li"),
    ("민준", "김", "Minjun", "Kim"),
    ("太郎", "山田", "Taro", "Yamada"),
    ("Mary Jo", "Smith-Jones", "Mary Jo", "Smith-Jones"),
    ("Siobhán", "O'Brien", "Siobhan", "O'Brien"),
    ("D'Angelo", "Russell", "D'Angelo", "Russell"),
    ("Jean-Luc", "Moreau", "Jean-Luc", "Moreau"),
    ("Ana María", "de la Cruz", "Ana Maria", "de la Cruz"),
    ("Abdul-Rahman", "al-Farsi", "Abdul-Rahman", "al-Farsi"),
    ("Søren", "Kjær", "Soren", "Kjaer"),
    ("Sigrún", "Jónsdóttir", "Sigrun", "Jonsdottir"),
    ("Chloé", "Lefèvre", "Chloe", "Lefevre"),
    ("François", "Dupré", "Francois", "Dupre"),
    ("Дмитрий", "Волков", "Dmitri", "Volkov"),
    ("Φωτεινή", "Παπαδοπούλου", "Foteini", "Papadopoulou"),
    ("محمد", "الأحمد", "Mohammed", "Alahmad"),
    ("Thandiwe", "Mbeki", "Thandiwe", "Mbeki"),
    ("Kwame", "Osei-Tutu", "Kwame", "Osei-Tutu"),
    ("Rosa", "Delgado", "Rosa", "Delgado"),
    ("Tyler", "Whitfield", "Tyler", "Whitfield"),
    ("Marcus", "van der Berg", "Marcus", "van der Berg"),
    ("Priya", "Raghunathan", "Priya", "Raghunathan"),
    ("Sean", "McAllister", "Sean", "McAllister"),
    ("Keisha", "Washburn", "Keisha", "Washburn"),
    ("Ingrid", "Sørensen", "Ingrid", "Sorensen"),
    ("Peter", "Kowalczyk", "Peter", "Kowalczyk"),
    ("Fatima", "Zahraoui", "Fatima", "Zahraoui"),
    ("Tomáš", "Dvořák", "Tomas", "Dvorak"),
    ("Çağrı", "Yıldız", "Cagri", "Yildiz"),
    ("Ștefan", "Ionescu", "Stefan", "Ionescu"),
    ("Ewa", "Żuk", "Ewa", "Zuk"),
    ("Grace", "Okonkwo", "Grace", "Okonkwo"),
    ("Hannah", "Brightwater", "Hannah", "Brightwater"),
    ("Luis", "Ocampo Vega", "Luis", "Ocampo Vega"),
    ("Bobby", "Fairbanks", "Bobby", "Fairbanks"),
    ("Dolores", "Huertado", "Dolores", "Huertado"),
    ("Wei", "Zhangsun", "Wei", "Zhangsun"),
    ("Noémie", "St. Clair", "Noemie", "St. Clair"),
];

/// What a campaign's domain is made of: a candidate's name, a year or an aim, and an ending.
pub(super) const CANDIDATES: [&str; 14] = [
    "smith",
    "delacroix",
    "harlow",
    "brennan",
    "okafor",
    "lindqvist",
    "pettigrew",
    "ramires",
    "tolliver",
    "vandyke",
    "whitlock",
    "yarborough",
    "zimmer",
    "castellan",
];

/// Behind a candidate's name in a domain.
pub(super) const AIMS: [&str; 6] = ["2028", "forohio", "-campaign", "4senate", "victory", "-hq"];

/// Endings of a campaign's domain.
pub(super) const OWN_ENDINGS: [&str; 4] = ["org", "com", "us", "vote"];

/// Places and projects that tell who a member is.
pub(super) const PLACES: [&str; 12] = [
    "Toledo",
    "Lucas County",
    "Chillicothe",
    "Bluebird Door Knock",
    "Zanesville",
    "Operation Lighthouse",
    "Maumee",
    "Fremont Field Office",
    "Youngstown",
    "Perrysburg",
    "Sandusky Rally",
    "Project Heron",
];

/// Providers where volunteers have their mail.
pub(super) const PUBLIC_MAIL: [&str; 6] =
    ["gmail.com", "outlook.com", "yahoo.com", "icloud.com", "proton.me", "gmx.net"];

/// Parts of attackers' domains; none is part of a name above.
pub(super) const LURES: [&str; 16] = [
    "invoice", "billing", "payment", "docs", "verify", "storage", "notice", "parcel", "update", "webmail",
    "ballot", "voucher", "receipt", "contract", "refund", "secure",
];

/// More parts of attackers' domains.
pub(super) const BAITS: [&str; 14] = [
    "portal", "center", "desk", "gate", "cloudbox", "express", "online", "support", "hub", "service",
    "depot", "link", "point", "team",
];

/// Endings of attackers' domains.
pub(super) const BAD_ENDINGS: [&str; 8] = ["net", "com", "info", "top", "xyz", "online", "site", "org"];
