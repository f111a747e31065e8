//! Puts changed values into a document and leaves the rest of it, comments included, as it was.

use std::collections::BTreeSet;

use toml_edit::{Array, Decor, Item, Table, TableLike, Value};

/// Gives `document` the values of `wanted`. Keys that `wanted` lacks are removed; a list becomes empty and keeps its
/// comment.
pub(super) fn merge(document: &mut Table, wanted: &Table) {
    let gone: Vec<String> =
        document.iter().map(|(key, _)| key.to_owned()).filter(|key| !wanted.contains_key(key)).collect();
    for key in gone {
        match document.get_mut(&key).and_then(Item::as_array_mut) {
            Some(list) if list.is_empty() => {}
            Some(list) => {
                list.clear();
                list.set_trailing("");
                list.set_trailing_comma(false);
            }
            None => {
                document.remove(&key);
            }
        }
    }
    for (key, item) in wanted {
        match (document.get_mut(key), item) {
            (Some(Item::Table(old)), Item::Table(wanted)) => merge(old, wanted),
            (Some(old), wanted) if same_item(old, wanted) => {}
            (Some(Item::Value(Value::Array(old))), Item::Value(Value::Array(wanted))) => {
                merge_array(old, wanted);
            }
            (_, wanted) => {
                document.insert(key, fresh(wanted));
            }
        }
    }
}

/// Keeps the elements that stay, with the comments between them, and adds the new ones at the end, each on its line.
fn merge_array(old: &mut Array, wanted: &Array) {
    // Own lists have thousands of names: those are looked up, and only what is no text is compared with each.
    let texts: BTreeSet<&str> = wanted.iter().filter_map(Value::as_str).collect();
    old.retain(|value| match value.as_str() {
        Some(text) => texts.contains(text),
        None => wanted.iter().any(|kept| same_value(kept, value)),
    });
    let is_start = old.len() <= wanted.len() && old.iter().zip(wanted).all(|(a, b)| same_value(a, b));
    if !is_start {
        old.clear();
    }
    // What stood before the closing bracket, such as a comment on the last element, stays with that element.
    let mut before = old.trailing().as_str().unwrap_or_default().trim_end().to_owned();
    let stays = old.len();
    for value in wanted.iter().skip(stays) {
        let mut value = value.clone();
        *value.decor_mut() = Decor::new(format!("{}\n    ", std::mem::take(&mut before)), "");
        old.push_formatted(value);
    }
    if old.len() > stays {
        old.set_trailing("\n");
        old.set_trailing_comma(true);
    }
}

/// A value that the document did not have, in the looks of the template: one line for each element.
fn fresh(wanted: &Item) -> Item {
    let mut item = wanted.clone();
    if let Item::Value(Value::Array(array)) = &mut item {
        let elements = std::mem::take(array);
        merge_array(array, &elements);
    }
    item
}

/// Whether two items mean the same, however they are written.
fn same_item(a: &Item, b: &Item) -> bool {
    if let (Item::Value(a), Item::Value(b)) = (a, b) {
        return same_value(a, b);
    }
    if let (Some(a), Some(b)) = (a.as_table_like(), b.as_table_like()) {
        return same_table(a, b);
    }
    match (tables(a), tables(b)) {
        (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_table(*a, b)),
        _ => false,
    }
}

/// The tables of a `[[list]]`, or of a list of `{ }`.
fn tables(item: &Item) -> Option<Vec<&dyn TableLike>> {
    match item {
        Item::ArrayOfTables(tables) => Some(tables.iter().map(|table| table as &dyn TableLike).collect()),
        Item::Value(Value::Array(values)) => {
            values.iter().map(|value| value.as_inline_table().map(|table| table as &dyn TableLike)).collect()
        }
        _ => None,
    }
}

fn same_table(a: &dyn TableLike, b: &dyn TableLike) -> bool {
    a.len() == b.len() && a.iter().all(|(key, item)| b.get(key).is_some_and(|other| same_item(item, other)))
}

fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.value() == b.value(),
        (Value::Integer(a), Value::Integer(b)) => a.value() == b.value(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Value::InlineTable(a), Value::InlineTable(b)) => same_table(a, b),
        _ => false,
    }
}
