use super::*;

fn inside(url: &str) -> Option<String> {
    let url = Indicator::parse(Kind::Url, url).ok()?;
    match unwrap(url.value()) {
        Unwrapped::Inside(indicator) => Some(String::from(indicator.value())),
        Unwrapped::Plain => None,
        Unwrapped::Opaque(name) => Some(alloc::format!("only {name}")),
    }
}

/// The base64 in these was made by another program.
const WRAPPED: &[(&str, &str)] = &[
    (
        "https://urldefense.proofpoint.com/v1/url?u=https://ohio-invoices.net/a%3Fb%3D1&k=x&r=anna.lee@smith2028.org",
        "https://ohio-invoices.net/a?b=1",
    ),
    (
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__ohio-2Dinvoices.net_pay-3Fid-3D7&d=DwMFaQ&c=k&r=q&m=z&s=s&e=",
        "https://ohio-invoices.net/pay?id=7",
    ),
    (
        "https://urldefense.com/v3/__https://ohio-invoices.net/pay__;!!Ab12-x!SIGNATURE$",
        "https://ohio-invoices.net/pay",
    ),
    // One character, and a run of two.
    (
        "https://urldefense.com/v3/__https://ohio-invoices.net/a*b__;Kw!!Ab!S$",
        "https://ohio-invoices.net/a+b",
    ),
    (
        "https://urldefense.com/v3/__https://ohio-invoices.net/a**A*b__;Kysr!!Ab!S$",
        "https://ohio-invoices.net/a+++b",
    ),
    (
        "https://urldefense.com/v3/__https:/ohio-invoices.net/pay?a=b__;!!Ab!S$",
        "https://ohio-invoices.net/pay?a=b",
    ),
    (
        "https://nam12.safelinks.protection.outlook.com/?url=https%3A%2F%2Fohio-invoices.net%2Fpay%3Fa%3D1%26b%3D2&data=05%7C02%7Canna.lee%40smith2028.org%7Cabc&sdata=x&reserved=0",
        "https://ohio-invoices.net/pay?a=1&b=2",
    ),
    (
        "https://eur03.safelinks.protection.outlook.com/ap/w-59584e83/?url=https%3A%2F%2Fohio-invoices.net%2F&data=x",
        "https://ohio-invoices.net/",
    ),
    ("https://protect-us.mimecast.com/s/AbCdEf0123?domain=ohio-invoices.net", "ohio-invoices.net"),
    ("https://url.us.m.mimecastprotect.com/s/AbCdEf?domain=ohio-invoices.net", "ohio-invoices.net"),
    ("https://protect-eu.mimecast.com/s/AbCdEf0123", "only Mimecast"),
    (
        "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fohio-invoices.net%2fpay&c=E,1,abc&typo=1",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://imsva91-ctp.trendmicro.com/wis/clicktime/v1/query?url=https%3a%2f%2fohio-invoices.net%2fpay&umid=A&auth=B",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://secure-web.cisco.com/1aBcD_efg-h/https%3A%2F%2Fohio-invoices.net%2Fpay",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://clicktime.symantec.com/3AbC?u=https%3A%2F%2Fohio-invoices.net%2Fpay",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://us-west-2.protection.sophos.com/?d=ohio-invoices.net&u=aHR0cHM6Ly9vaGlvLWludm9pY2VzLm5ldC9wYXk=&i=x&t=y&h=z",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://protect2.fireeye.com/v1/url?k=1-2-3&q=1&e=0a&u=https%3A%2F%2Fohio-invoices.net%2Fpay",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://url.avanan.click/v2/___https://ohio-invoices.net/pay___.YXAzOmFiYw",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://protect.checkpoint.com/v2/r01/___https:/ohio-invoices.net/pay?to=https%3A%2F%2Fother.net*2Fa___.YXAzOmFiYw",
        "https://ohio-invoices.net/pay?to=https%3A%2F%2Fother.net%2Fa",
    ),
    (
        "https://checkpoint.url-protection.com/v1/r01/url?o=https%3A//ohio-invoices.net/pay&g=YWJj&h=YWJj&p=YWJj",
        "https://ohio-invoices.net/pay",
    ),
    ("https://protect-us.mimecast.com/s/AbCdEf0123?domain=185.174.101.13", "185.174.101.13"),
    ("https://atpscan.global.hornetsecurity.com/index.php?atp_str=AbCd", "only Hornetsecurity"),
    ("https://url.emailprotection.link/?bAbCdEf", "only Vade"),
    (
        "https://www.google.com/url?q=https%3A%2F%2Fohio-invoices.net%2Fpay&sa=D",
        "https://ohio-invoices.net/pay",
    ),
    ("https://www.google.co.uk/amp/s/ohio-invoices.net/pay", "https://ohio-invoices.net/pay"),
    ("https://www.google.com/amp/ohio-invoices.net/pay", "https://ohio-invoices.net/pay"),
    ("https://ohio--invoices-net.translate.goog/pay?_x_tr_sl=en", "https://ohio-invoices.net/pay"),
    (
        "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9vaGlvLWludm9pY2VzLm5ldC9wYXk&ntb=1",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fohio-invoices.net%2Fpay&h=AT0",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://www.linkedin.com/safety/go?url=https%3A%2F%2Fohio-invoices.net%2Fpay&trk=x",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://slack-redir.net/link?url=https%3A%2F%2Fohio-invoices.net%2Fpay&v=3",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fohio-invoices.net%2Fpay",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://r.search.yahoo.com/_ylt=x/RV=2/RE=1/RO=10/RU=https%3a%2f%2fohio-invoices.net%2fpay/RK=2/RS=y",
        "https://ohio-invoices.net/pay",
    ),
    (
        "https://urldefense.com/v3/__https://nam12.safelinks.protection.outlook.com/?url=https*3A*2F*2Fohio-invoices.net*2Fpay&data=x__;JSUlJQ!!A!B$",
        "https://ohio-invoices.net/pay",
    ),
];

#[test]
fn what_each_service_wrapped_is_found() {
    for (wrapped, expected) in WRAPPED {
        assert_eq!(inside(wrapped).as_deref(), Some(*expected), "{wrapped}");
    }
}

#[test]
fn ordinary_pages_are_no_wrappers() {
    for plain in [
        "https://ohio-invoices.net/url?q=https://other.net/",
        "https://www.google.com/search?q=https://other.net/",
        "https://www.google.com/url?q=nothing",
        "https://www.google.evil-site.net/url?q=https://other.net/",
        "https://www.mimecast.com/products/",
        "https://www.facebook.com/some.page",
        "https://www.linkedin.com/in/somebody",
        "https://safelinks.protection.outlook.com.evil.net/?url=https://other.net/",
    ] {
        assert_eq!(inside(plain), None, "{plain}");
    }
}

#[test]
fn a_gateway_too_deep_inside_stays_home() {
    let mut url = String::from("https://ohio-invoices.net/");
    for _ in 0..=MAX_LAYERS {
        let escaped = url.replace('%', "%25").replace(':', "%3A").replace('/', "%2F").replace('?', "%3F");
        url = alloc::format!("https://x.safelinks.protection.outlook.com/?url={escaped}");
    }
    assert_eq!(inside(&url).as_deref(), Some("only Microsoft SafeLinks"));
}

#[test]
fn cut_or_damaged_wrappers_never_panic() {
    for (wrapped, _) in WRAPPED {
        for (at, _) in wrapped.char_indices() {
            let _ = unwrap(&wrapped[..at]);
            let _ = unwrap(&alloc::format!("{}%*é{}", &wrapped[..at], &wrapped[at..]));
        }
    }
}
