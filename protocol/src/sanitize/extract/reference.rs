//! Who writes about attacks, as opposed to who commits them.

/// Hosts of research and of the tools that reports point to; every name under one counts too. Only plain links in a
/// report are held against this list, never a defanged one.
const HOSTS: [&str; 69] = [
    "accessnow.org",
    "amnesty.org",
    "any.run",
    "arxiv.org",
    "attack.mitre.org",
    "atlanticcouncil.org",
    "bellingcat.com",
    "bleepingcomputer.com",
    "blog.google",
    "bsi.bund.de",
    "ccdcoe.org",
    "cert.pl",
    "cert.ssi.gouv.fr",
    "checkpoint.com",
    "cisa.gov",
    "citizenlab.ca",
    "crowdstrike.com",
    "csis.org",
    "cve.org",
    "cyberscoop.com",
    "disarm.foundation",
    "doi.org",
    "dragos.com",
    "eff.org",
    "elastic.co",
    "emergingthreats.net",
    "eset.com",
    "fbi.gov",
    "first.org",
    "fireeye.com",
    "f-secure.com",
    "github.com",
    "hybrid-analysis.com",
    "ic3.gov",
    "ietf.org",
    "intezer.com",
    "justice.gov",
    "kaspersky.com",
    "krebsonsecurity.com",
    "malpedia.caad.fkie.fraunhofer.de",
    "malwarebytes.com",
    "mandiant.com",
    "misp-project.org",
    "mitre.org",
    "ncsc.gov.uk",
    "nist.gov",
    "nvd.nist.gov",
    "nytimes.com",
    "oasis-open.org",
    "paloaltonetworks.com",
    "plusvic.github.io",
    "proofpoint.com",
    "recordedfuture.com",
    "reuters.com",
    "rfc-editor.org",
    "securelist.com",
    "secureworks.com",
    "sentinelone.com",
    "snort.org",
    "sophos.com",
    "stanford.edu",
    "suricata-ids.org",
    "talosintelligence.com",
    "thedfirreport.com",
    "trendmicro.com",
    "virustotal.com",
    "volexity.com",
    "welivesecurity.com",
    "wikipedia.org",
];

/// Words that announce a reference, as a label or a heading, in lower case.
const WORDS: [&str; 26] = [
    "acknowledgements",
    "acknowledgments",
    "advisory",
    "article",
    "author",
    "authors",
    "bibliography",
    "blog",
    "contact",
    "credit",
    "credits",
    "external links",
    "further reading",
    "homepage",
    "more",
    "read more",
    "ref",
    "reference",
    "references",
    "refs",
    "report",
    "see",
    "see also",
    "source",
    "sources",
    "via",
];

/// Hosts whose URLs name a markup language rather than a page; pasted HTML is full of them.
const NAMESPACES: [&str; 6] = [
    "w3.org",
    "schemas.microsoft.com",
    "schemas.openxmlformats.org",
    "purl.org",
    "ns.adobe.com",
    "schema.org",
];

/// Whether `host`, in normal form, publishes research.
pub(super) fn is_reference_host(host: &str) -> bool {
    is_under(host, &HOSTS)
}

/// Whether `host`, in normal form, stands in the names of markup languages.
pub(super) fn is_namespace_host(host: &str) -> bool {
    is_under(host, &NAMESPACES)
}

fn is_under(host: &str, known: &[&str]) -> bool {
    let mut rest = Some(host);
    while let Some(name) = rest {
        if known.contains(&name) {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

/// Whether a label or heading announces references.
pub(super) fn is_reference_word(label: &str) -> bool {
    let label = label.trim_matches(|c: char| !c.is_alphanumeric());
    label.len() <= 20 && WORDS.iter().any(|word| label.eq_ignore_ascii_case(word))
}
