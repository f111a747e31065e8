//! An identity is made once. Nothing that comes later replaces it.

use watchfire_tests::client::Home;
use watchfire_tests::cluster::two_founders;

const AGAIN: [&str; 6] = ["init", "--name", "Somebody else", "--side", "republican", "--no-passphrase"];

#[test]
fn a_second_init_changes_nothing() {
    let home = Home::init("Smith for State", "democratic");
    let before = home.files();
    let error = home.refuses(&AGAIN, 10);
    assert_eq!(error["code"], "already-initialised");
    assert_eq!(home.files(), before);
}

#[test]
fn a_second_init_beside_a_running_daemon_changes_nothing() {
    let (smith, jones) = two_founders();
    let before = smith.ok(&["card"]);
    smith.refuses(&AGAIN, 10);
    assert_eq!(smith.ok(&["card"]), before);
    assert_eq!(smith.linked(), 1);
    drop(jones);
}
