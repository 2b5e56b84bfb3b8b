//! What clients do.

use crate::caller::{describe, pair, request, Caller};
use protobuf::{Message, RepeatedField};
use std::thread;
use std::time::{Duration, Instant};

/// The longest body of a frame.
const LONGEST_BODY: usize = 4 << 20;

pub fn named(name: &str) -> Option<fn(&Caller)> {
    match name {
        "payloads" => Some(payloads),
        "concurrent" => Some(concurrent),
        "errors" => Some(errors),
        "metadata" => Some(metadata),
        "deadlines" => Some(deadlines),
        "large" => Some(large),
        "hold" => Some(hold),
        _ => None,
    }
}

/// Echoes messages from none to as long as a frame can be.
fn payloads(caller: &Caller) {
    for size in [0, 1, 100, 4096, 1 << 20, 4_000_000, longest_value()] {
        let value = "x".repeat(size);
        match caller.ask("Echo", "", &value) {
            Ok(answer) => println!("payload {}: equal {}", size, answer.get_value() == value),
            Err(error) => println!("payload {}: {}", size, describe(&error)),
        }
    }
}

/// The length of the value whose request is a frame of the greatest length.
fn longest_value() -> usize {
    let length = |size: usize| request("Echo", "", &"x".repeat(size)).compute_size() as usize;
    let mut size = LONGEST_BODY;
    while length(size) > LONGEST_BODY {
        size -= length(size) - LONGEST_BODY;
    }
    assert_eq!(length(size), LONGEST_BODY);
    size
}

/// Has 16 calls at a time on the one connection.
fn concurrent(caller: &Caller) {
    let lanes: Vec<_> = (0..16)
        .map(|lane: usize| {
            let caller = caller.clone();
            thread::spawn(move || {
                let is_echoed = |turn: usize| {
                    let sent = pair(&turn.to_string(), &lane.to_string().repeat(1 + turn * 20));
                    caller.ask("Echo", sent.get_key(), sent.get_value()).map_or(false, |answer| answer == sent)
                };
                (0..50).filter(|turn| is_echoed(*turn)).count()
            })
        })
        .collect();
    let equal: usize = lanes.into_iter().map(|lane| lane.join().expect("a count")).sum();
    println!("concurrent: {} equal", equal);
}

/// Calls what fails, and in the end what does not.
fn errors(caller: &Caller) {
    for code in 1..=16 {
        let key = code.to_string();
        caller.tell(&format!("fail {}", code), request("Fail", &key, "Not now. \u{1F980}\n\ttest"));
    }
    caller.tell("unknown method", request("Nothing", "", ""));
    let mut stranger = request("Echo", "", "");
    stranger.set_service("test.Nobody".to_string());
    caller.tell("unknown service", stranger);
    let mut rubbish = request("Echo", "", "");
    rubbish.set_payload(vec![0x0A, 0x7F, 0x00]);
    caller.tell("rubbish", rubbish);
    caller.tell("after", request("Echo", "still", "here"));
}

/// Sends keys with several values and with capitals.
fn metadata(caller: &Caller) {
    let long = "é".repeat(2000);
    for (label, key) in [("tag", "tag"), ("mixed", "x-mixed"), ("none", "none")] {
        let mut asked = request("Metadata", key, "");
        let pairs = vec![pair("tag", "a"), pair("tag", "b"), pair("X-Mixed", "c"), pair("empty", ""), pair("long", &long)];
        asked.set_metadata(RepeatedField::from_vec(pairs));
        caller.tell(label, asked);
    }
    let mut too_much = request("Metadata", "none", "");
    too_much.set_metadata(RepeatedField::from_vec(vec![pair("long", &"x".repeat(1 << 20))]));
    caller.tell("too much", too_much);
    caller.tell("after", request("Echo", "still", "here"));
}

/// Tells the server of deadlines, which the first kind of client does not heed itself.
fn deadlines(caller: &Caller) {
    for timeout in [-1, 1, 50_000_000] {
        let mut late = request("Wait", "deadline", "");
        late.set_timeout_nano(timeout);
        let began = Instant::now();
        caller.tell(&format!("timeout {}", timeout), late);
        println!("in time: {}", began.elapsed() < Duration::from_secs(20));
    }
    let mut minute = request("Deadline", "", "");
    minute.set_timeout_nano(60_000_000_000);
    caller.tell("a minute", minute);
    caller.tell("no deadline", request("Deadline", "", ""));
    caller.tell("after", request("Echo", "still", "here"));
}

/// Sends a request and asks for an answer that are too long for a frame.
fn large(caller: &Caller) {
    caller.tell("request", request("Echo", "", &"x".repeat(longest_value() + 1)));
    caller.tell("answer", request("Large", &LONGEST_BODY.to_string(), ""));
    caller.tell("after", request("Echo", "still", "here"));
}

/// Has a call running until the server lets it go.
fn hold(caller: &Caller) {
    caller.tell("held", request("Wait", "hold", ""));
}
