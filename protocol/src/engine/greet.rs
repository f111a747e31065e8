//! Links come and go; on each new one, the greeting.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Reverse;

use rand_core::Rng;
use watchfire_keys::codec;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::MemberId;
use watchfire_keys::labels;
use zeroize::Zeroizing;

use super::link::{Link, LinkKind, Stage};
use super::output::{Event, Output};
use super::standing::{are_members, side_of};
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::greeting::{
    Called, Caller, Hello, Introduction, MAX_HELLO_BYTES, Opening, PROOFS, SharedSecret, Transcript, Welcome,
    seal_introduction,
};
use crate::rules::Rule;
use crate::wire::Frame;

/// How long the founding draft's secret is accepted on a link, in milliseconds: a founder that was away while the
/// circle began finds it again within 30 days; later it needs a ticket like everybody else.
const FOUNDING_GREETING_MS: u64 = 30 * 24 * 60 * 60 * 1000;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn peer_up(&mut self, peer: P, kind: LinkKind, dialed: bool) {
        if kind == LinkKind::Relay {
            return;
        }
        if self.is_removed() && dialed {
            self.out(Output::Disconnect { peer });
            return;
        }
        self.connecting.reached(&peer);
        // A second link to the same name replaces the first: nothing of that one may stay behind.
        if let Some(old) = self.links.remove(&peer) {
            self.forget_link(&peer, old);
        }
        if self.connecting.is_banned(&peer, self.now.moment) {
            self.out(Output::Disconnect { peer });
            return;
        }
        let stage = if dialed { Stage::Calling(self.call(&peer)) } else { Stage::Awaiting };
        self.links.insert(peer, Link::new(stage, dialed, self.now.moment));
    }

    pub(super) fn peer_down(&mut self, peer: &P) {
        let Some(link) = self.links.remove(peer) else { return };
        if link.member().is_none() && link.dialed {
            self.connecting.failed(peer, self.now.moment);
        }
        self.forget_link(peer, link);
    }

    fn forget_link(&mut self, peer: &P, mut link: Link) {
        if let Some(member) = link.member() {
            self.conduct.leave(member, &mut link, self.now.moment);
            if let Some(search) = link.search.take() {
                self.catchup.pause(peer, search, self.now.moment);
            }
            self.gossip.link_down(peer);
            self.out(Output::Event(Event::LinksChanged));
        }
    }

    /// Ends a link on our own initiative.
    pub(super) fn hang_up(&mut self, peer: &P) {
        self.peer_down(peer);
        self.out(Output::Disconnect { peer: peer.clone() });
    }

    /// Secrets that a member on the other end may hold as well, the likeliest first.
    fn shared_secrets(&mut self) -> Vec<SharedSecret> {
        let mut secrets = self.epoch_secrets();
        secrets.extend(self.founding_secret());
        secrets.truncate(PROOFS);
        secrets
    }

    /// Greeting keys of the newest epochs that nobody outside the present roster could ever read.
    fn epoch_secrets(&mut self) -> Vec<SharedSecret> {
        let Some(roster) = self.roster.clone() else { return Vec::new() };
        let live = self.keyring.live(self.now.unix, roster.rules.retention_ms);
        // Epochs whose secret nobody hands out must not crowd out those that both ends hold.
        let held = live.filter(|(epoch, _)| self.keyring.secret(epoch).is_some());
        let mut held: Vec<_> = held.map(|(epoch, header)| (Reverse(header.created), *epoch)).collect();
        held.sort_unstable();
        held.truncate(2 * PROOFS);
        // Every greeting asks for these.
        for (_, epoch) in &held {
            self.recall_epoch(epoch);
        }
        let Some(log) = &self.log else { return Vec::new() };
        let open = held.iter().filter(|(_, epoch)| {
            self.keyring.header(epoch).is_some_and(|header| are_members(log, header, &roster))
        });
        open.filter_map(|(_, epoch)| self.keyring.secret(epoch))
            .take(PROOFS - 1)
            .map(|secret| SharedSecret(*secret.greeting_key()))
            .collect()
    }

    /// The draft's secret, while the circle is founded and shortly after.
    fn founding_secret(&self) -> Option<SharedSecret> {
        if let Some(draft) = &self.draft {
            return Some(SharedSecret(*draft.greeting_key()));
        }
        let draft = self.log.as_ref()?.founding()?;
        // Every member has the founding, and whoever is none any more has it still.
        if self.roster.as_ref().is_none_or(|roster| !roster.former.is_empty()) {
            return None;
        }
        let over = draft.charter().created.saturating_add(FOUNDING_GREETING_MS);
        (self.now.unix < over).then(|| SharedSecret(*draft.greeting_key()))
    }

    fn random(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    fn call(&mut self, peer: &P) -> Caller {
        let (me, them) = (self.me.to_bytes(), peer.to_bytes());
        let nonce = self.random();
        let filler = core::array::from_fn(|_| self.random());
        let secrets = self.shared_secrets();
        let (mut caller, mut hello) = Caller::call(&self.crypto, &me, &them, nonce, secrets, filler);
        if let Some((secret, sealed)) = self.seal_opening(peer, &me, &them, &nonce) {
            caller.also(secret);
            hello.sealed = sealed;
        }
        self.send(peer, &Frame::Hello(hello));
        caller
    }

    /// An opening sealed to whoever we think is at the other end, if we know its sealing key.
    fn seal_opening(
        &mut self,
        peer: &P,
        me: &[u8],
        them: &[u8],
        nonce: &[u8; 32],
    ) -> Option<(SharedSecret, Vec<u8>)> {
        let sealing = match self.connecting.contact(peer) {
            Some(contact) => contact.sealing.clone(),
            None => {
                // Several may claim the name, all but one of them to keep us from it: another one each time.
                let claimants: BTreeSet<MemberId> =
                    self.reach.claimants(them).map(|said| said.member).collect();
                let turn = self.rng.next_u32() as usize % claimants.len().max(1);
                let member = *claimants.iter().nth(turn)?;
                self.roster.as_ref()?.member(&member)?.sealing.clone()
            }
        };
        let secret = self.random();
        let transcript = Transcript::opening(&self.crypto, me, them, nonce);
        let introduction = self.introduce(&transcript, true);
        let opening = Zeroizing::new(codec::encode(&Opening { circle: self.circle, secret, introduction }));
        let aad = [me, them].concat();
        let sealed = self.crypto.seal_to(&sealing, labels::SEAL_GREETING, &aad, &opening, &mut self.rng)?;
        Some((SharedSecret(secret), sealed))
    }

    fn introduce(&self, transcript: &Transcript, by_caller: bool) -> Introduction {
        let keys = &self.keys;
        Introduction::sign(&self.crypto, &self.circle, keys.member, &keys.daemon, transcript, by_caller)
    }

    /// A frame on a link that is not greeted yet.
    pub(super) fn greeting_frame(&mut self, peer: &P, bytes: &[u8]) -> Result<(), Rule> {
        if bytes.len() > MAX_HELLO_BYTES {
            return Err(Rule::FrameTooLarge);
        }
        let frame = Frame::from_bytes(bytes)?;
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        match (&link.stage, frame) {
            (Stage::Awaiting, Frame::Hello(hello)) => self.hello(peer, &hello),
            (Stage::Calling(caller), Frame::Welcome(welcome)) => {
                let caller = caller.clone();
                self.welcome(peer, caller, &welcome)
            }
            (Stage::Answered(called), Frame::Introduce(sealed)) => {
                let called = called.clone();
                let introduction =
                    called.introduced(&self.crypto, &self.circle, &sealed).ok_or(Rule::GreetingFailed)?;
                self.introduced(peer, &introduction)
            }
            _ => Err(Rule::FrameBeforeGreeting),
        }
    }

    fn hello(&mut self, peer: &P, hello: &Hello) -> Result<(), Rule> {
        let (me, them) = (self.me.to_bytes(), peer.to_bytes());
        let secrets = self.shared_secrets();
        if let Some(index) = Called::recognise(&self.crypto, &them, &me, hello, &secrets) {
            let called = self.answer(peer, hello, &secrets[index]);
            self.set_stage(peer, Stage::Answered(called));
            return Ok(());
        }
        let opening = self.open_opening(&them, &me, hello).ok_or(Rule::GreetingFailed)?;
        // Whoever comes with a sealed opening has to be in our roster: it knows no secret that would speak for it.
        self.daemon_allowed(&opening.introduction.member, &opening.introduction.signer)
            .map_err(|_| Rule::GreetingFailed)?;
        let secret = SharedSecret(opening.secret);
        self.answer(peer, hello, &secret);
        // The opening carried the introduction already.
        self.introduced(peer, &opening.introduction)
    }

    fn answer(&mut self, peer: &P, hello: &Hello, secret: &SharedSecret) -> Called {
        let (me, them) = (self.me.to_bytes(), peer.to_bytes());
        let nonce = self.random();
        let (called, welcome) =
            Called::answer(&self.crypto, &them, &me, hello, secret, nonce, |transcript| {
                self.introduce(transcript, false)
            });
        self.send(peer, &Frame::Welcome(welcome));
        called
    }

    fn open_opening(&self, caller: &[u8], callee: &[u8], hello: &Hello) -> Option<Opening> {
        if hello.sealed.is_empty() {
            return None;
        }
        let aad = [caller, callee].concat();
        let open = |key| self.crypto.open_sealed(key, labels::SEAL_GREETING, &aad, &hello.sealed);
        let plain = self.keys.sealing_keys().find_map(open)?;
        let opening: Opening = codec::decode(&plain, MAX_HELLO_BYTES).ok()?;
        let transcript = Transcript::opening(&self.crypto, caller, callee, &hello.nonce);
        let holds = opening.circle == self.circle
            && opening.introduction.holds(&self.crypto, &self.circle, &transcript, true);
        holds.then_some(opening)
    }

    fn welcome(&mut self, peer: &P, caller: Caller, welcome: &Welcome) -> Result<(), Rule> {
        let sealed_first = self.connecting.contact(peer).is_some() && self.roster.is_none();
        let (introduction, transcript, link_key) =
            caller.welcomed(&self.crypto, &self.circle, welcome).ok_or(Rule::GreetingFailed)?;
        let ours = self.introduce(&transcript, true);
        let sealed = seal_introduction(&self.crypto, &link_key, false, &ours);
        self.send(peer, &Frame::Introduce(sealed));
        if sealed_first {
            // A newcomer has no roster to ask; the ticket named this node, and only the holder of the sealing key
            // that the ticket gives could answer.
            let expected = self.connecting.contact(peer).map(|contact| contact.member);
            if expected != Some(introduction.member) {
                return Err(Rule::GreetingFailed);
            }
            self.greeted(peer, introduction.member, introduction.signer);
            return Ok(());
        }
        self.introduced(peer, &introduction)
    }

    /// The other end has proved a secret and signed its name: is it a member?
    fn introduced(&mut self, peer: &P, introduction: &Introduction) -> Result<(), Rule> {
        let member = introduction.member;
        if let Some(draft) = &self.draft {
            let founder = draft.charter().founder(member).ok_or(Rule::FoundingNotAFounder)?;
            if !founder.allows(&introduction.signer, Scopes::DAEMON, self.now.unix) {
                return Err(Rule::GreetingFailed);
            }
            self.greeted(peer, member, introduction.signer);
            return Ok(());
        }
        let signer = &introduction.signer;
        if self.is_active(&member) && self.daemon_allowed(&member, signer).is_ok() {
            self.greeted(peer, member, *signer);
        } else if self.is_former(&member) || self.is_removed() || self.knows_key(&member, signer) {
            return Err(Rule::GreetingFailed);
        } else {
            // It holds an epoch's secret: the act that added it, or that delegates its key, may not have reached us yet.
            self.set_stage(peer, Stage::Provisional(member, introduction.signer));
            self.send_have(peer);
        }
        Ok(())
    }

    /// The link is a member's.
    pub(super) fn greeted(&mut self, peer: &P, member: MemberId, signer: PublicKey) {
        if member == self.keys.member && *peer == self.me {
            return;
        }
        if !self.admit_link(peer, member, signer) {
            return self.hang_up(peer);
        }
        self.set_stage(peer, Stage::Greeted(member, signer));
        if self.is_removed() {
            return self.say_goodbye(peer);
        }
        self.connecting.greeted(peer);
        self.out(Output::Accept { peer: peer.clone() });
        self.out(Output::Event(Event::LinksChanged));
        if self.draft.is_some() {
            self.send_draft(peer);
            return;
        }
        self.join_gossip(peer, member);
        self.send_summary(peer);
        self.send_presences(peer);
        self.ask_secrets_of(peer);
        self.catchup_soon();
    }

    /// Lets gossip use the link.
    pub(super) fn join_gossip(&mut self, peer: &P, member: MemberId) {
        let Some(roster) = &self.roster else { return };
        if let Some(side) = side_of(roster, &member) {
            self.gossip.link_up(peer.clone(), member, side, self.now.moment);
            self.spread();
        }
    }

    pub(super) fn set_stage(&mut self, peer: &P, stage: Stage) {
        if let Some(link) = self.links.get_mut(peer) {
            link.stage = stage;
        }
    }

    pub(super) fn is_greeted(&self, peer: &P) -> bool {
        self.links.get(peer).is_some_and(|link| link.member().is_some())
    }

    /// Links to members that are greeted.
    pub(super) fn greeted_peers(&self) -> Vec<(P, MemberId)> {
        self.links.iter().filter_map(|(peer, link)| Some((peer.clone(), link.member()?))).collect()
    }
}
