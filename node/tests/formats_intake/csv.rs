use watchfire_protocol::indicator::Tlp;

use super::*;

#[test]
fn a_feed_with_a_type_column_is_read_by_it() {
    let parsed = file("feed.csv", Format::Csv);
    assert_eq!(
        found(&parsed),
        [
            "domain donate.example",
            "ipv4 203.0.113.9",
            "sha256 d41d8cd98f00b204e9800998ecf8427ad41d8cd98f00b204e9800998ecf8427a",
            "domain give.example",
            "user-agent =kit/1.0",
        ]
    );
    assert_eq!(
        skipped(&parsed),
        [
            "6 column first_seen: not a column of indicators",
            "1 column reference: a link to read, kept as a reference",
            "1 mutex: the value is not of that type",
            "1 row: more cells than the table has columns, for the first time in line 7",
        ]
    );
    assert_eq!(parsed.tlp, Some(Tlp::Amber));
    assert_eq!(parsed.references, ["https://analyst.example/report"]);
    assert_eq!(parsed.indicators.first().unwrap().place, "line 3, domain");
}

#[test]
fn columns_are_known_by_their_names_or_by_their_cells() {
    let named = "domain_name,ip_address,note\nevil.example,203.0.113.9,hm\nbad.example,-,\n";
    assert_eq!(found(&parsed(named)), ["domain evil.example", "ipv4 203.0.113.9", "domain bad.example"]);
    let unnamed = "evil.com\t203.0.113.9\nbad.com\t203.0.113.10\nworse.com\t203.0.113.11\n";
    assert_eq!(found(&parsed(unnamed)).len(), 6);
    let odd = "what,where\nevil.com,here\nbad.com,there\nworse.com,there\n";
    assert_eq!(found(&parsed(odd)), ["domain evil.com", "domain bad.com", "domain worse.com"]);
}

#[test]
fn several_values_in_a_cell_are_taken_apart() {
    let table = "domain;ips\nevil.example;\"203.0.113.9, 203.0.113.10\"\nbad.example;203.0.113.11\n";
    assert_eq!(found(&parsed(table)).len(), 5);
}

#[test]
fn misp_csv_follows_the_rules_for_attributes() {
    let table = "uuid,event_id,category,type,value,comment,to_ids,date\n\
        u,1,\"Network activity\",\"domain|ip\",\"evil.example|203.0.113.9\",c,1,d\n\
        u,1,\"External analysis\",link,https://analyst.example/,c,0,d\n\
        u,1,\"Targeting data\",target-org,them,c,0,d\n";
    let parsed = parsed(table);
    assert_eq!(found(&parsed), ["domain evil.example", "ipv4 203.0.113.9"]);
    assert_eq!(parsed.references, ["https://analyst.example/"]);
    assert_eq!(parsed.attributes, 3);
}

#[test]
fn a_header_behind_a_comment_sign_counts() {
    let table = "# a feed\n#\n# \"first_seen\",\"sha256_hash\",\"file_name\"\n\
        \"d\",\"d41d8cd98f00b204e9800998ecf8427ad41d8cd98f00b204e9800998ecf8427a\",\"kit.exe\"\n";
    assert_eq!(found(&parsed(table)).len(), 2);
}

#[test]
fn a_quote_that_is_never_closed_costs_no_values() {
    let table = "domain,note\nevil.example,x\nbad.example,\"x\nworse.example,x\n";
    let parsed = balanced(read(table.as_bytes(), Some("x.csv"), None).unwrap());
    assert!(found(&parsed).contains(&"domain bad.example".to_owned()));
    let table = "domain,note\nevil.example,x\n\"bad.example,x\nworse.example,x\n";
    let parsed = balanced(read(table.as_bytes(), Some("x.csv"), None).unwrap());
    assert_eq!(found(&parsed).len(), 3);
}
