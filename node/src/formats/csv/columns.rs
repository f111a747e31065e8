//! What each column of a table holds, from its name or, where there is none, from its cells.

use super::super::names::{Named, named};
use super::super::values::Wanted;
use super::cell;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Values of one type.
    Value(Named),
    /// Values whose type stands beside them, or is told by their shape.
    Any,
    /// The type of the value beside it.
    Type,
    /// MISP's category.
    Category,
    /// MISP's `to_ids`.
    Flag,
    /// A TLP marking.
    Marking,
    /// ATT&CK techniques.
    Techniques,
    /// A link to read more.
    Link,
    /// Anything else.
    Context,
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) roles: Vec<Role>,
    names: Vec<String>,
    labels: Vec<String>,
    /// True for MISP's own CSV export.
    pub(super) misp: bool,
}

impl Columns {
    /// The columns of a header, or `None` when none of its names is known.
    pub(super) fn from_header<'h>(header: impl Iterator<Item = &'h str>) -> Option<Columns> {
        let names: Vec<String> = header.map(str::to_owned).collect();
        let roles: Vec<Role> = names.iter().map(|name| role(name)).collect();
        let has = |role: &Role| roles.contains(role);
        let misp = has(&Role::Any) && has(&Role::Type) && has(&Role::Category) && has(&Role::Flag);
        let usable = roles.iter().any(|role| matches!(role, Role::Value(_) | Role::Any));
        usable.then(|| Columns::new(roles, names, misp))
    }

    /// The columns that most cells say are indicators; `names` of the header if there is one.
    pub(super) fn from_cells(
        names: Vec<String>,
        width: usize,
        rows: &[Vec<&str>],
        least_percent: usize,
    ) -> Option<Columns> {
        let roles: Vec<Role> = (0..width)
            .map(|column| {
                let cells =
                    rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell::is_empty(cell));
                let (filled, found) = cells.fold((0usize, 0usize), |(filled, found), cell| {
                    (filled + 1, found + usize::from(Wanted::Any.read(cell::unguarded(cell)).is_some()))
                });
                if found > 0 && found * 100 >= filled * least_percent { Role::Any } else { Role::Context }
            })
            .collect();
        roles.contains(&Role::Any).then(|| Columns::new(roles, names, false))
    }

    fn new(roles: Vec<Role>, names: Vec<String>, misp: bool) -> Columns {
        let label = |column: usize| match names.get(column).map(|name| name.trim()) {
            Some(name) if !name.is_empty() => format!("column {name}"),
            _ => format!("column {}", column + 1),
        };
        let labels = (0..roles.len()).map(label).collect();
        Columns { roles, names, labels, misp }
    }

    /// The name of a column for people, never empty.
    pub(super) fn name(&self, column: usize) -> &str {
        self.labels.get(column).map_or("column", String::as_str)
    }

    /// The column of that very name.
    pub(super) fn position_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

fn role(name: &str) -> Role {
    let plain: String = name
        .trim()
        .trim_start_matches('#')
        .trim()
        .chars()
        .take(64)
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    match plain.as_str() {
        "value" | "indicator" | "indicators" | "ioc" | "iocs" | "ioc_value" | "indicator_value"
        | "observable" | "observables" | "artifact" => Role::Any,
        "type" | "ioc_type" | "indicator_type" | "attribute_type" | "observable_type" | "kind" => Role::Type,
        "category" => Role::Category,
        "to_ids" => Role::Flag,
        "tlp" | "tlp_marking" | "marking" => Role::Marking,
        "technique" | "techniques" | "mitre_attack" | "attack_technique" | "ttp" | "ttps" => Role::Techniques,
        "link" | "links" | "reference" | "references" | "permalink" | "source_url" | "report"
        | "report_url" => Role::Link,
        // A list of words that nobody means as a type when it names a column.
        "host" | "uri" | "sender" | "as" | "link_type" => named(&plain).map_or(Role::Context, Role::Value),
        _ => match named(name.trim().trim_start_matches('#')) {
            Some(named) => Role::Value(named),
            None => Role::Context,
        },
    }
}
