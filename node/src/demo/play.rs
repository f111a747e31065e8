//! The story, step by step.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::actor::Actor;
use super::cast::{FOUNDERS, JOINERS, OUTSIDER};
use super::figures::{Delivery, Figures, Relay, Sanitized};
use super::mail::{LURE, MAIL, OWN_DOMAIN, OWN_NAME, TITLE};
use super::stage::Stage;
use crate::api::client;
use crate::clock;
use crate::control::{AlertFilter, Answer, Ask, Request};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::Home;

/// Where every node of the demo listens.
const LISTEN: &str = "/ip4/127.0.0.1/udp/0/quic-v1";
/// How long the removed member is given to open something, after everybody else has it.
const REMOVED_TRIES: Duration = Duration::from_millis(1_500);

/// Plays the story, telling it line by line to `tell`.
pub fn play(keep: bool, tell: &mut dyn Write) -> Result<Figures> {
    let begun = Instant::now();
    let stage = Stage::new(keep)?;
    let mut story = Story { stage: &stage, tell };
    let mut figures = story.play()?;
    figures.seconds = (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    figures.kept_in = keep.then(|| stage.folder().display().to_string());
    Ok(figures)
}

struct Story<'a> {
    stage: &'a Stage,
    tell: &'a mut dyn Write,
}

impl Story<'_> {
    fn play(&mut self) -> Result<Figures> {
        self.say("Three organisations that do not trust one another found a circle.")?;
        let mut members = self.found()?;
        self.say("\nFour more join. Each needs a steward of every side.")?;
        self.join(&mut members)?;
        self.say("\nOne more is approved by its own side alone.")?;
        let outsider = self.invite_outsider(&members)?;
        self.say("\nThe others agree to try it. It leaks, and all three sides take it out again.")?;
        self.admit(&outsider, &members)?;
        self.remove(&outsider, &members)?;
        self.say("\nA relay, run by somebody who is in no circle, carries what it cannot open.")?;
        let mut relay = self.start_relay(&members)?;

        self.say("\nA phishing mail reaches Smith for State. Its security lead runs one command:")?;
        let (published, sent_at) = self.publish(&members)?;
        let sanitized = self.show_sanitizer(&published)?;
        self.say("\nA moment later, on every other node, rivals included:")?;
        let (delivered, delivery_ms) = self.delivered(&members, &published, sent_at)?;
        self.show_belief(&members)?;

        self.say("\nAnd those who are not meant to read it:")?;
        let removed_member_opened = self.removed_tries(&outsider)?;
        let relay_figures = self.relay_had(&mut relay, &published)?;
        for actor in members.iter().chain([&outsider]) {
            actor.stop_soon();
        }
        Ok(Figures {
            members: members.len(),
            delivered,
            delivery_ms,
            relay: relay_figures,
            removed_member_opened,
            sanitized,
            seconds: 0.0,
            kept_in: None,
        })
    }

    fn say(&mut self, line: &str) -> Result<()> {
        self.stage.check()?;
        // Who closed the pipe has read enough; the figures are still counted.
        let _ = writeln!(self.tell, "{line}");
        let _ = self.tell.flush();
        Ok(())
    }

    /// Three founders, one of each side; each signs the same draft, and running nodes do the rest.
    fn found(&mut self) -> Result<Vec<Actor>> {
        let mut founders: Vec<Actor> = FOUNDERS.iter().map(|role| self.stage.actor(*role)).collect();
        for (actor, role) in founders.iter().zip(FOUNDERS) {
            let made = actor.run(&["init", "--name", role.name, "--side", role.side, "--no-passphrase"])?;
            let words = made.pointer("/fingerprint").and_then(Value::as_str).unwrap_or_default();
            let first: Vec<&str> = words.split(' ').take(4).collect();
            self.say(&format!("  {} ({}): {} ...", role.name, role.side, first.join(" ")))?;
        }
        let cards: Vec<String> =
            founders[1..].iter().map(|actor| actor.home().join("card.txt").display().to_string()).collect();
        let mut arguments = vec!["circle", "found", "--name", "Ohio Watch"];
        for card in &cards {
            arguments.extend(["--card", card]);
        }
        let drafted = founders[0].run(&arguments)?;
        let draft = drafted.pointer("/draft").and_then(Value::as_str).unwrap_or_default().to_owned();
        // The draft is carried to each founder as a file, as people do.
        let carried = self.stage.folder().join("ohio-watch.draft");
        fs::copy(&draft, &carried).map_err(|error| founders[0].failed(&["circle"], &error.to_string()))?;
        for actor in &founders[1..] {
            actor.run(&["circle", "sign", &carried.display().to_string()])?;
        }
        founders[0].start(&["run", "--listen", LISTEN])?;
        let first = founders[0].address().to_owned();
        for actor in &mut founders[1..] {
            actor.start(&["run", "--listen", LISTEN, "--connect", &first])?;
        }
        for actor in &founders {
            self.wait_for_epoch(actor)?;
        }
        self.say("  All have signed. The circle \"Ohio Watch\" exists, and nobody runs it.")?;
        Ok(founders)
    }

    fn join(&mut self, members: &mut Vec<Actor>) -> Result<()> {
        let mut newcomers = Vec::new();
        for (role, sponsor) in JOINERS {
            let mut actor = self.stage.actor(role);
            actor.run(&["init", "--name", role.name, "--side", role.side, "--no-passphrase"])?;
            self.propose(&actor, &members[sponsor], "campaign in the same state")?;
            for (index, founder) in members.iter().take(FOUNDERS.len()).enumerate() {
                if index != sponsor {
                    self.approve(founder, role.name)?;
                }
            }
            self.take_ticket(&actor, &members[sponsor])?;
            actor.start(&["run", "--listen", LISTEN])?;
            self.say(&format!("  {} ({}): approved by all three sides", role.name, role.side))?;
            newcomers.push(actor);
        }
        for actor in &newcomers {
            self.wait_for_epoch(actor)?;
        }
        members.extend(newcomers);
        for actor in members.iter() {
            self.wait_for_circle(actor, members.len() - 1)?;
        }
        self.say(&format!("  {} members now, and one epoch whose key they share.", members.len()))
    }

    fn invite_outsider(&mut self, members: &[Actor]) -> Result<Actor> {
        let (role, sponsor) = OUTSIDER;
        let mut actor = self.stage.actor(role);
        actor.run(&["init", "--name", role.name, "--side", role.side, "--no-passphrase"])?;
        self.propose(&actor, &members[sponsor], "we trust them")?;
        self.take_ticket(&actor, &members[sponsor])?;
        actor.start(&["run", "--listen", LISTEN])?;
        self.say(&format!(
            "  {} has a ticket and runs its node, and waits: one side alone lets nobody in.",
            role.name
        ))?;
        Ok(actor)
    }

    /// The other sides agree, and it is a member that can read.
    fn admit(&mut self, outsider: &Actor, members: &[Actor]) -> Result<()> {
        let sponsor = OUTSIDER.1;
        for (index, founder) in members.iter().take(FOUNDERS.len()).enumerate() {
            if index != sponsor {
                self.approve(founder, outsider.name)?;
            }
        }
        self.wait_for_epoch(outsider)?;
        for actor in members {
            self.wait_for_circle(actor, members.len())?;
        }
        self.say(&format!("  {} is a member and holds the epoch's key.", outsider.name))
    }

    /// All sides take it out, the others go on under another epoch, and its node is left running.
    fn remove(&mut self, outsider: &Actor, members: &[Actor]) -> Result<()> {
        let before = epoch_of(&status(&members[0])?);
        members[0].run(&["circle", "remove", outsider.name, "--reason", "it gave an alert to the press"])?;
        for founder in members.iter().take(FOUNDERS.len()).skip(1) {
            self.approve(founder, outsider.name)?;
        }
        let begun = Instant::now();
        for actor in members {
            self.wait_for_circle(actor, members.len() - 1)?;
            self.stage.until("another epoch", || Ok((epoch_of(&status(actor)?) != before).then_some(())))?;
        }
        let took = begun.elapsed().as_millis();
        self.stage.until("the removed member to know", || {
            let status = status(outsider)?;
            Ok((status.pointer("/state").and_then(Value::as_str) == Some("removed")).then_some(()))
        })?;
        self.say(&format!(
            "  Proposed by one side, approved by two more. After {took} ms all {} others seal under a new key.",
            members.len()
        ))
    }

    /// Until a node has so many other members in its roster, and can seal to them.
    fn wait_for_circle(&self, actor: &Actor, others: usize) -> Result<()> {
        self.stage.until("all members to know one another", || {
            let status = status(actor)?;
            let peers = status.pointer("/peers").and_then(Value::as_array).map_or(0, Vec::len);
            Ok((peers == others && ready(&status)).then_some(()))
        })
    }

    fn propose(&self, newcomer: &Actor, sponsor: &Actor, reason: &str) -> Result<()> {
        let card = newcomer.home().join("card.txt").display().to_string();
        sponsor.run(&["circle", "invite", "--card", &card, "--reason", reason]).map(drop)
    }

    fn approve(&self, steward: &Actor, name: &str) -> Result<()> {
        self.stage.until("a proposal to arrive", || {
            let pending = steward.run(&["circle", "pending"])?;
            let list = pending.pointer("/pending").and_then(Value::as_array).cloned().unwrap_or_default();
            Ok(list
                .iter()
                .any(|act| act.pointer("/name").and_then(Value::as_str) == Some(name))
                .then_some(()))
        })?;
        steward.run(&["circle", "approve", name]).map(drop)
    }

    fn take_ticket(&self, newcomer: &Actor, sponsor: &Actor) -> Result<()> {
        let made = sponsor.run(&["circle", "ticket", newcomer.name])?;
        let ticket = made.pointer("/ticket").and_then(Value::as_str).unwrap_or_default();
        newcomer.run(&["join", ticket]).map(drop)
    }

    fn start_relay(&mut self, members: &[Actor]) -> Result<Actor> {
        let role = super::cast::Role { folder: "relay", name: "the relay", side: "" };
        let mut relay = self.stage.actor(role);
        relay.start(&["relay", "run", "--listen", LISTEN])?;
        members[0].run(&["relay", "pair", relay.address()])?;
        for actor in members {
            self.stage.until("the relay to be known", || {
                let status = status(actor)?;
                let relays = status.pointer("/relays").and_then(Value::as_array).map_or(0, Vec::len);
                Ok((relays > 0).then_some(()))
            })?;
        }
        self.say("  paired by one steward; every node has found it")?;
        Ok(relay)
    }

    fn publish(&mut self, members: &[Actor]) -> Result<(Value, u64)> {
        let publisher = &members[0];
        let mail = self.stage.folder().join("phishing.txt");
        fs::write(&mail, MAIL).map_err(|error| publisher.failed(&["publish"], &error.to_string()))?;
        publisher.run(&["sanitizer", "own", "--domain", OWN_DOMAIN, "--name", OWN_NAME])?;
        self.say("  $ watchfire publish phishing.txt --severity high --yes")?;
        let sent_at = clock::now().0;
        let mail = mail.display().to_string();
        let arguments = ["publish", &mail, "--title", TITLE, "--severity", "high", "--yes"];
        Ok((publisher.run(&arguments)?, sent_at))
    }

    fn show_sanitizer(&mut self, published: &Value) -> Result<Sanitized> {
        let list =
            |name: &str| published.pointer(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |value: &Value, name: &str| {
            value.pointer(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let (kept, changed) = (list("/kept"), list("/changed"));
        self.say("\n  What leaves:")?;
        for indicator in &kept {
            self.say(&format!("    + {:<9} {}", text(indicator, "/type"), text(indicator, "/value")))?;
        }
        self.say("  What stays home, and why:")?;
        let mut sanitized = Sanitized { kept: kept.len(), ..Sanitized::default() };
        for change in &changed {
            match text(change, "/kind").as_str() {
                "masked" => sanitized.masked += 1,
                _ => sanitized.dropped += 1,
            }
            self.say(&format!("    - {} ({})", text(change, "/before"), text(change, "/reason")))?;
        }
        Ok(sanitized)
    }

    fn delivered(&mut self, members: &[Actor], published: &Value, sent_at: u64) -> Result<(usize, Delivery)> {
        let record = published.pointer("/record").and_then(Value::as_str).unwrap_or_default();
        let mut delivered = 1;
        let mut times = Vec::new();
        for actor in &members[1..] {
            let received = self.stage.until("the alert to arrive", || received(actor, record))?;
            let took = received.saturating_sub(sent_at);
            times.push(took);
            delivered += 1;
            self.say(&format!("  {:<32} verified and opened after {took} ms", actor.name))?;
        }
        times.sort_unstable();
        let max = times.last().copied().unwrap_or_default();
        let p50 = times.get(times.len().saturating_sub(1) / 2).copied().unwrap_or_default();
        Ok((delivered, Delivery { p50, max }))
    }

    /// One member's word blocks nothing; a second one of another side makes it count.
    fn show_belief(&mut self, members: &[Actor]) -> Result<()> {
        let (rival, reader) = (&members[1], &members[2]);
        let before = state_of(reader)?;
        let seen = self.stage.folder().join("seen.txt");
        fs::write(&seen, format!("{LURE}\n"))
            .map_err(|error| rival.failed(&["publish"], &error.to_string()))?;
        let seen = seen.display().to_string();
        rival.run(&["publish", &seen, "--title", "The same lure reached us", "--yes"])?;
        let after = self.stage.until("a second side's report", || {
            Ok(Some(state_of(reader)?).filter(|state| *state == "corroborated"))
        })?;
        self.say(&format!("\n{} has seen the same lure and reports it too.", rival.name))?;
        self.say(&format!("  {LURE}: {before} by one side before, {after} by two now."))?;
        self.say(
            "  Only what two sides report may go onto a block list, so no rival can block your own site.",
        )
    }

    fn removed_tries(&mut self, outsider: &Actor) -> Result<usize> {
        let begun = Instant::now();
        let mut opened = 0;
        while begun.elapsed() < REMOVED_TRIES && opened == 0 {
            self.stage.check()?;
            opened = alerts(outsider)?.len();
            std::thread::sleep(Duration::from_millis(100));
        }
        let state = status(outsider)?;
        let state = state.pointer("/state").and_then(Value::as_str).unwrap_or("unknown");
        self.say(&format!("  {} ({state}), its node still running, opened {opened} alerts.", outsider.name))?;
        Ok(opened)
    }

    /// Stops the relay, asks what it carried, and looks through everything it has on disk.
    fn relay_had(&mut self, relay: &mut Actor, published: &Value) -> Result<Relay> {
        let report = relay.stop();
        let report: Value = serde_json::from_str(report.lines().last().unwrap_or_default())
            .map_err(|_| relay.failed(&["relay"], "it said nothing when it stopped"))?;
        let number = |name: &str| report.pointer(name).and_then(Value::as_u64).unwrap_or_default();
        let outgoing = published.pointer("/outgoing").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut texts: Vec<&str> = outgoing.iter().filter_map(Value::as_str).collect();
        texts.extend(FOUNDERS.iter().map(|role| role.name));
        let found = readable(relay.home(), &texts)
            .map_err(|error| relay.failed(&["relay"], &format!("its folder cannot be read: {error}")))?;
        let figures = Relay { envelopes: number("/envelopes"), opened: number("/opened") + found };
        self.say(&format!(
            "  The relay carried {} envelopes and opened {}. Nothing readable is in its folder.",
            figures.envelopes, figures.opened
        ))?;
        Ok(figures)
    }

    fn wait_for_epoch(&self, actor: &Actor) -> Result<()> {
        self.stage.until("a circle with an epoch", || Ok(ready(&status(actor)?).then_some(())))
    }
}

/// Whether the node is a member and can seal.
fn ready(status: &Value) -> bool {
    let member = status.pointer("/state").and_then(Value::as_str) == Some("member");
    let sealing = status.pointer("/health").and_then(Value::as_array).is_some_and(|health| {
        !health.iter().any(|note| note.pointer("/code").and_then(Value::as_str) == Some("cannot-seal"))
    });
    member && sealing && status.pointer("/epoch").is_some_and(Value::is_string)
}

/// The epoch that a node seals under.
fn epoch_of(status: &Value) -> Option<String> {
    status.pointer("/epoch").and_then(Value::as_str).map(str::to_owned)
}

fn status(actor: &Actor) -> Result<Value> {
    let answer = ask(actor, Ask::Status)?;
    match answer {
        Answer::Status(status) => {
            serde_json::to_value(status).map_err(|error| actor.failed(&["status"], &error.to_string()))
        }
        _ => Err(actor.failed(&["status"], "it did not answer")),
    }
}

fn alerts(actor: &Actor) -> Result<Vec<crate::control::AlertDoc>> {
    match ask(actor, Ask::Alerts(AlertFilter::default()))? {
        Answer::Alerts(alerts) => Ok(alerts),
        _ => Err(actor.failed(&["alerts"], "it did not answer")),
    }
}

/// Asks over the actor's control socket, as its commands do.
fn ask(actor: &Actor, ask: Ask) -> Result<Answer> {
    match client::call(&Home::at(actor.home()), &Request { circle: None, ask })? {
        Answer::Failed(failure) => Err(failure.into()),
        answer => Ok(answer),
    }
}

/// When a node received an alert, once it has it whole.
fn received(actor: &Actor, record: &str) -> Result<Option<u64>> {
    let alert = alerts(actor)?.into_iter().find(|alert| alert.record == record && alert.complete);
    let Some(received) = alert.and_then(|alert| alert.received) else { return Ok(None) };
    let unreadable = || {
        Error::new(
            Exit::Failed,
            "demo-failed",
            "a node gave a time that cannot be read",
            "watchfire demo again",
        )
    };
    clock::read_rfc3339(&received).map(|time| Some(time.0)).ok_or_else(unreadable)
}

fn state_of(actor: &Actor) -> Result<String> {
    match ask(actor, Ask::Check { values: vec![LURE.to_owned()] })? {
        Answer::Check(results) => Ok(results.first().map(|result| result.state.clone()).unwrap_or_default()),
        _ => Err(actor.failed(&["check"], "it did not answer")),
    }
}

/// How many files below a folder hold one of the texts in the clear.
fn readable(folder: &std::path::Path, texts: &[&str]) -> std::io::Result<u64> {
    let mut found = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found += readable(&path, texts)?;
        } else if path.is_file() {
            let bytes = fs::read(&path)?;
            let holds = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            found += u64::from(texts.iter().filter(|text| text.len() > 3).any(holds));
        }
    }
    Ok(found)
}
