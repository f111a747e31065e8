//! The columns of a staff table: which one holds what, by its name in several languages or by its cells.

/// How a staff table is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    pub(super) columns: Vec<Column>,
    /// Whether the first row names the columns.
    pub(super) has_header: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// First and last name together.
    Full,
    First,
    Middle,
    Last,
    /// What somebody is called instead of the first name.
    Nick,
    Email,
    Phone,
    /// Nothing for the list: titles, streets, numbers.
    Other,
}

const FULL: &[&str] = &[
    "name",
    "full name",
    "fullname",
    "display name",
    "displayname",
    "contact name",
    "contact",
    "person",
    "employee",
    "employee name",
    "staff",
    "staff name",
    "staff member",
    "volunteer",
    "volunteer name",
    "member",
    "preferred name",
    "nombre completo",
    "nombre y apellidos",
    "nom complet",
    "nom et prenom",
    "vollstandiger name",
    "mitarbeiter",
    "mitarbeiterin",
    "anzeigename",
    "nome completo",
    "nominativo",
    "volledige naam",
    "naam",
    "imie i nazwisko",
    "fullt navn",
    "navn",
    "namn",
];
const FIRST: &[&str] = &[
    "first name",
    "firstname",
    "first",
    "given name",
    "givenname",
    "forename",
    "vorname",
    "prenom",
    "nombre",
    "nombres",
    "nome",
    "primeiro nome",
    "voornaam",
    "imie",
    "fornavn",
    "fornamn",
    "legal first name",
];
const MIDDLE: &[&str] =
    &["middle name", "middlename", "middle", "second name", "zweiter vorname", "additional name"];
const LAST: &[&str] = &[
    "last name",
    "lastname",
    "last",
    "surname",
    "family name",
    "familyname",
    "nachname",
    "familienname",
    "nom",
    "nom de famille",
    "apellido",
    "apellidos",
    "cognome",
    "sobrenome",
    "apelido",
    "achternaam",
    "nazwisko",
    "etternavn",
    "efternavn",
    "efternamn",
    "legal last name",
];
const NICK: &[&str] =
    &["nickname", "nick name", "nick", "preferred first name", "goes by", "rufname", "surnom", "apodo"];
const PHONE_WORDS: &[&str] = &[
    "phone",
    "tel",
    "telephone",
    "mobile",
    "cell",
    "cellphone",
    "handy",
    "telefon",
    "telefono",
    "telefone",
    "telephone",
    "movil",
    "celular",
    "portable",
    "telefoon",
    "mobil",
    "cellulare",
    "fax",
    "rufnummer",
    "komorka",
];

impl Column {
    /// By the column's name; `None` for a name that tells nothing.
    pub(super) fn named(name: &str) -> Option<Column> {
        let name = plain(name);
        let is = |known: &[&str]| known.contains(&name.as_str());
        if is(FULL) {
            Some(Column::Full)
        } else if is(FIRST) {
            Some(Column::First)
        } else if is(MIDDLE) {
            Some(Column::Middle)
        } else if is(LAST) {
            Some(Column::Last)
        } else if is(NICK) {
            Some(Column::Nick)
        } else if is_email(&name) {
            Some(Column::Email)
        } else if name
            .split(' ')
            .any(|word| PHONE_WORDS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
        {
            Some(Column::Phone)
        } else {
            None
        }
    }

    /// Whether a person can be told by it.
    pub(super) fn is_personal(self) -> bool {
        !matches!(self, Column::Other | Column::Middle)
    }
}

fn is_email(name: &str) -> bool {
    let words = [
        "email",
        "mail",
        "emailaddress",
        "preferredemail",
        "correo",
        "courriel",
        "mailadresse",
        "posta",
        "epost",
    ];
    let is_word = |word: &str| words.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()));
    // `mail street` and `opt in` are of postal mail and of consent.
    let other = ["street", "city", "zip", "state", "opt", "country", "status", "quota", "usage", "bad", "is"];
    let mut names = name.split(' ');
    names.clone().any(is_word) && !names.any(|word| other.contains(&word))
}

/// A column's name in lower case, without accents, marks in brackets and underscores: `First Name [Required]` and
/// `first_name` are `first name`, `FirstName` too.
fn plain(name: &str) -> String {
    let bare = name.split(['[', '(']).next().unwrap_or(name);
    let mut plain = String::with_capacity(bare.len());
    let mut was_lower = false;
    for character in bare.trim().chars().take(64) {
        if character.is_uppercase() && was_lower {
            plain.push(' ');
        }
        was_lower = character.is_lowercase();
        match character {
            '_' | '-' | '.' | ':' | '*' | '#' | '/' => plain.push(' '),
            _ => plain.extend(character.to_lowercase().map(without_accent)),
        }
    }
    let plain = plain.replace("e mail", "email");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_accent(character: char) -> char {
    match character {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'ę' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// The columns by their cells: addresses, telephone numbers, full names, or two columns of single names side by side.
pub(super) fn by_cells(rows: &[Vec<String>], width: usize) -> Vec<Column> {
    let share = |column: usize, test: fn(&str) -> bool| {
        let cells = rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.trim().is_empty());
        let (filled, fitting) =
            cells.fold((0_usize, 0_usize), |(all, fit), cell| (all + 1, fit + usize::from(test(cell))));
        filled > 0 && fitting * 10 >= filled * 8
    };
    let mut columns: Vec<Column> = (0..width)
        .map(|column| {
            if share(column, looks_like_address) {
                Column::Email
            } else if share(column, looks_like_phone) {
                Column::Phone
            } else if share(column, looks_like_full_name) {
                Column::Full
            } else {
                Column::Other
            }
        })
        .collect();
    // The first column of names is of persons; others are of towns and offices.
    let mut full = columns.iter_mut().filter(|column| **column == Column::Full);
    if full.next().is_some() {
        full.for_each(|column| *column = Column::Other);
        return columns;
    }
    for column in 1..width {
        let free = |at: usize| columns.get(at) == Some(&Column::Other) && share(at, looks_like_single_name);
        if free(column - 1) && free(column) {
            columns.splice(column - 1..=column, [Column::First, Column::Last]);
            break;
        }
    }
    columns
}

pub(super) fn looks_like_address(cell: &str) -> bool {
    let cell = cell.trim();
    cell.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        && !cell.contains(char::is_whitespace)
        && cell.len() <= 254
}

fn looks_like_phone(cell: &str) -> bool {
    let has_mark = cell.contains(['+', '-', '(', '.', ' ', '/']);
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    (has_mark || (9..=13).contains(&digits)) && crate::settings::own_phone(cell).is_ok()
}

fn looks_like_full_name(cell: &str) -> bool {
    let words: Vec<&str> = cell.split_whitespace().collect();
    (2..=4).contains(&words.len()) && words.iter().all(|word| is_name_word(word))
}

fn looks_like_single_name(cell: &str) -> bool {
    is_name_word(cell.trim()) && cell.trim().chars().count() >= 2
}

fn is_name_word(word: &str) -> bool {
    let is_mark = |c: char| matches!(c, '-' | '\'' | '’' | '.' | ',');
    word.chars().next().is_some_and(char::is_alphabetic)
        && word.chars().all(|c| c.is_alphabetic() || is_mark(c))
        && word.chars().any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn columns_go_by_many_names() {
        for (name, column) in [
            ("First Name [Required]", Column::First),
            ("Last Name [Required]", Column::Last),
            ("Email Address [Required]", Column::Email),
            ("Recovery Email", Column::Email),
            ("E-mail 2 Address", Column::Email),
            ("Business Phone", Column::Phone),
            ("phone_number", Column::Phone),
            ("FirstName", Column::First),
            ("PreferredEmail", Column::Email),
            ("Cell Phone", Column::Phone),
            ("Prénom", Column::First),
            ("Nachname", Column::Last),
            ("E-Mail-Adresse", Column::Email),
            ("Teléfono móvil", Column::Phone),
            ("Nombre completo", Column::Full),
            ("Apellidos", Column::Last),
            ("email1", Column::Email),
        ] {
            assert_eq!(Column::named(name), Some(column), "{name}");
        }
        for name in ["Title", "Mail Street", "Email Status", "VANID", "Company", "email_opt_in", ""] {
            assert_eq!(Column::named(name), None, "{name}");
        }
    }
}
