#![allow(clippy::unwrap_used)]

use std::fs;

use super::{Relay, Settings, TEMPLATE, change, load};
use crate::error::Error;
use crate::home::Home;

const V1: &str = include_str!("samples/v1.toml");

fn home_with(settings: Option<&str>) -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    if let Some(text) = settings {
        fs::write(home.settings_path(), text).unwrap();
    }
    (folder, home)
}

fn fault(text: &str) -> Error {
    let (_folder, home) = home_with(Some(text));
    let error = load(&home).unwrap_err();
    let refused = change(&home, |settings| {
        settings.sanitizer.own_names.push("Someone".to_owned());
        Ok(())
    });
    assert!(refused.is_err());
    assert_eq!(fs::read_to_string(home.settings_path()).unwrap(), text, "a bad file is left as it is");
    error
}

#[test]
fn a_home_without_a_file_has_the_defaults_and_the_template_says_the_same() {
    let (_folder, home) = home_with(None);
    assert_eq!(load(&home).unwrap(), Settings::default());
    fs::write(home.settings_path(), TEMPLATE).unwrap();
    assert_eq!(load(&home).unwrap(), Settings::default());
}

#[test]
fn settings_written_by_schema_1_are_understood_for_ever() {
    let (_folder, home) = home_with(Some(V1));
    let settings = load(&home).unwrap();
    assert_eq!(settings.network.listen, ["/ip4/0.0.0.0/udp/4001/quic-v1", "/ip4/0.0.0.0/tcp/4001"]);
    assert_eq!(settings.network.connect.len(), 1);
    assert_eq!(settings.sanitizer.own_domains, ["smith2028.example"]);
    assert_eq!(settings.sanitizer.own_names, ["Jordan Smith"]);
    assert!(settings.relays[0].circle.starts_with("00010203"));
}

#[test]
fn a_change_keeps_comments_order_and_everything_else() {
    let (_folder, home) = home_with(Some(V1));
    change(&home, |settings| {
        settings.sanitizer.own_domains.push("smith-donate.example".to_owned());
        Ok(())
    })
    .unwrap();
    let expected = V1.replace(
        "    \"smith2028.example\", # the campaign\n]",
        "    \"smith2028.example\", # the campaign\n    \"smith-donate.example\",\n]",
    );
    assert_eq!(fs::read_to_string(home.settings_path()).unwrap(), expected);
}

#[test]
fn every_setting_survives_being_written_and_read() {
    let (_folder, home) = home_with(None);
    let wanted = change(&home, |settings| {
        settings.network.listen.push("/ip4/127.0.0.1/udp/0/quic-v1".to_owned());
        settings.network.lan = true;
        settings.sanitizer.own_names = vec!["O\"Neil \\ Söhne".to_owned(), "# not a comment".to_owned()];
        settings.relays = vec![Relay { circle: "ab".repeat(32), address: "/ip4/192.0.2.1/tcp/1".to_owned() }];
        Ok(())
    })
    .unwrap();
    assert_eq!(load(&home).unwrap(), wanted);
    assert!(fs::read_to_string(home.settings_path()).unwrap().contains("[[relay]]\n"));

    let without = change(&home, |settings| {
        settings.relays.clear();
        settings.network.lan = false;
        settings.sanitizer.own_names.remove(0);
        Ok(())
    })
    .unwrap();
    assert_eq!(load(&home).unwrap(), without);
}

#[test]
fn a_refused_or_empty_change_writes_nothing() {
    let (_folder, home) = home_with(None);
    change(&home, |_| Ok(())).unwrap();
    change(&home, |settings| {
        settings.network.connect.push("nonsense".to_owned());
        Ok(())
    })
    .unwrap_err();
    assert!(!home.settings_path().exists());
}

#[test]
fn a_mistyped_setting_is_an_error_that_names_the_right_one() {
    let error = fault("schema = 1\n[sanitizer]\nowndomains = [\"a.example\"]\n");
    assert!(
        error
            .text()
            .ends_with("there is no setting `owndomains` in [sanitizer]; the nearest is `own_domains`")
    );
    assert!(fault("schema = 1\nlisten = []\n").text().contains("`listen`"));
    assert!(fault("schema = 1\nrelay = [{ adress = \"x\" }]\n").text().contains("`address`"));
}

#[test]
fn a_file_that_cannot_be_understood_is_named_with_its_line() {
    assert!(fault("schema = 1\n[network\n").text().contains("line 2:"));
    assert!(fault("").text().contains("schema = 1"));
    assert!(fault("schema = \"one\"\n").text().contains("no number"));
    assert!(fault("schema = 0\n").text().contains("there is no schema 0"));
    assert!(fault("schema = 2\n").text().contains("newer Watchfire"));
    assert!(fault("schema = 1\n[network]\nlisten = [\"127.0.0.1:80\"]\n").text().contains("`127.0.0.1:80`"));
    assert!(fault("schema = 1\n[network]\nlisten = 5\n").exit() == crate::exit::Exit::Failed);
}
