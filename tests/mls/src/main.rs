//! What a change of members costs: an epoch of ours beside a commit of MLS, at 100, 1,000 and 10,000 members, in one run.
//!
//! Ours: a steward deals a header, whose size does not depend on the members, and every member gets the secret sealed from
//! a neighbour that has it already; no member seals to more than its neighbours. MLS: one member makes a commit that
//! brings in or removes one other, and everybody gets it. The group of MLS has all members brought in by one commit, as a
//! founding does; its tree has few keys above the leaves then, which makes the first removal as dear as it ever gets.
//! Members that committed since would make it cheaper, down to the logarithm of the members.
//!
//! Each time is the median of five; `--members 100,1000,10000`. Ours seals to X-Wing (post-quantum), MLS to X25519.

use std::time::Instant;

use openmls::prelude::{
    BasicCredential, Ciphersuite, CredentialWithKey, KeyPackage, LeafNodeIndex, MlsGroup, MlsGroupCreateConfig,
    MlsMessageOut, OpenMlsProvider as _,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use watchfire_keys::sealing::{SealingKey, open, seal};
use watchfire_keys::{
    ActId, CircleId, Deal, EpochSecret, Header, MemberId, SigningKey, UnixMillis, labels,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SUITE: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519;
const RUNS: usize = 5;
/// Links of a member, each of which may ask for the secret.
const NEIGHBOURS: usize = 8;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--members");
    let members = match (arguments.next(), arguments.next()) {
        (None, _) => vec![100, 1000, 10_000],
        (Some(_), Some(list)) => {
            list.split(',').map(str::parse).collect::<std::result::Result<Vec<usize>, _>>()?
        }
        _ => return Err("--members needs numbers, such as 100,1000".into()),
    };
    println!(
        "{:>8}  {:<46} {:>12} {:>14} {:>16}",
        "members", "what", "one's time", "one's bytes", "bytes to all"
    );
    for count in members {
        ours(count)?;
        mls(count)?;
    }
    Ok(())
}

fn show(members: usize, what: &str, milliseconds: f64, bytes: usize, all: usize) {
    println!("{members:>8}  {what:<46} {milliseconds:>9.3} ms {bytes:>12} B {all:>14} B");
}

/// The median of some runs, in milliseconds, and what the last of them gave.
fn timed<T>(mut run: impl FnMut() -> Result<T>) -> Result<(f64, T)> {
    let mut times = Vec::new();
    loop {
        let start = Instant::now();
        let done = run()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        if times.len() == RUNS {
            times.sort_by(f64::total_cmp);
            return Ok((times[RUNS / 2], done));
        }
    }
}

fn ours(count: usize) -> Result<()> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let steward = SigningKey::generate(&mut rng);
    let deal = Deal {
        circle: CircleId::from_bytes([1; 32]),
        frontier: vec![ActId::from_bytes([2; 32])],
        readers: [3; 32],
        created: UnixMillis(1_780_000_000_000),
        seal_until: UnixMillis(1_780_259_200_000),
        turn: 0,
        dealer: MemberId::from_bytes([4; 32]),
    };
    let (time, (header, secret)) = timed(|| {
        let secret = EpochSecret::generate(&mut rng);
        Ok((Header::deal(deal.clone(), &secret, &steward)?, secret))
    })?;
    let bytes = header.to_bytes().len();
    show(count, "watchfire: the steward deals an epoch", time, bytes, bytes * (count - 1));
    let reader = SealingKey::generate(&mut rng);
    let epoch = header.id();
    let (time, sealed) = timed(|| {
        Ok(seal(&reader.public(), labels::SEAL_EPOCH, epoch.as_bytes(), secret.as_bytes(), &mut rng)?)
    })?;
    let most = NEIGHBOURS.min(count - 1);
    let to_all = sealed.len() * (count - 1);
    #[allow(clippy::cast_precision_loss)]
    show(count, "watchfire: one hands it on to 8 neighbours", time * most as f64, sealed.len() * most, to_all);
    let (time, opened) = timed(|| Ok(open(&reader, labels::SEAL_EPOCH, epoch.as_bytes(), &sealed)?))?;
    assert_eq!(opened.as_slice(), secret.as_bytes());
    show(count, "watchfire: one opens it", time, sealed.len(), 0);
    Ok(())
}

/// A member of an MLS group.
struct Person {
    provider: OpenMlsRustCrypto,
    signer: SignatureKeyPair,
    credential: CredentialWithKey,
}

impl Person {
    fn new(number: usize) -> Result<Person> {
        let provider = OpenMlsRustCrypto::default();
        let signer = SignatureKeyPair::new(SUITE.signature_algorithm())?;
        signer.store(provider.storage())?;
        let credential = BasicCredential::new(format!("member {number}").into_bytes());
        let credential =
            CredentialWithKey { credential: credential.into(), signature_key: signer.public().into() };
        Ok(Person { provider, signer, credential })
    }

    fn key_package(&self) -> Result<KeyPackage> {
        let bundle =
            KeyPackage::builder().build(SUITE, &self.provider, &self.signer, self.credential.clone())?;
        Ok(bundle.key_package().clone())
    }
}

fn mls(count: usize) -> Result<()> {
    let founder = Person::new(0)?;
    let config = MlsGroupCreateConfig::builder().ciphersuite(SUITE).use_ratchet_tree_extension(true).build();
    let mut group =
        MlsGroup::new(&founder.provider, &founder.signer, &config, founder.credential.clone())?;
    let others =
        (1..count).map(|number| Person::new(number)?.key_package()).collect::<Result<Vec<KeyPackage>>>()?;
    group.add_members(&founder.provider, &founder.signer, &others)?;
    group.merge_pending_commit(&founder.provider)?;
    let bytes = |message: &MlsMessageOut| Ok::<usize, Box<dyn std::error::Error>>(message.to_bytes()?.len());
    // Each run undoes what it did, but for the last.
    let newcomer = Person::new(count)?.key_package()?;
    let (time, (commit, welcome)) = timed(|| {
        group.clear_pending_commit(founder.provider.storage())?;
        let (commit, welcome, _) =
            group.add_members(&founder.provider, &founder.signer, std::slice::from_ref(&newcomer))?;
        Ok((commit, welcome))
    })?;
    let (commit, welcome) = (bytes(&commit)?, bytes(&welcome)?);
    show(count, "openmls: one adds a member", time, commit + welcome, commit * (count - 1) + welcome);
    let last = LeafNodeIndex::new(u32::try_from(count - 1)?);
    let (time, commit) = timed(|| {
        group.clear_pending_commit(founder.provider.storage())?;
        Ok(group.remove_members(&founder.provider, &founder.signer, &[last])?.0)
    })?;
    let commit = bytes(&commit)?;
    show(count, "openmls: one removes a member", time, commit, commit * (count - 1));
    Ok(())
}
