//! The other end of the interoperability tests: plain ttRPC clients and servers in Rust.
//!
//!     peer serve KIND SOCKET            serves test.Interop until it is killed
//!     peer call KIND SOCKET SCENARIO    calls test.Interop, and says what came of it
//!
//! KIND is `sync` or `async`, the two forms of the ttrpc crate; SOCKET is the path of a unix socket. What happens is told on
//! standard output, a line each.

mod caller;
mod scenarios;
mod server;
mod service;

use caller::Caller;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _entered = runtime.enter(); // the client of the second kind needs it
    match words[..] {
        ["serve", "sync", path] => server::serve_sync(path),
        ["serve", "async", path] => runtime.block_on(server::serve_async(path)),
        ["call", kind, path, scenario] => {
            let caller = match kind {
                "sync" => Caller::sync(path),
                "async" => Caller::asynchronous(path, runtime.handle().clone()),
                _ => usage(),
            };
            match scenarios::named(scenario) {
                Some(run) => run(&caller),
                None => usage(),
            }
        }
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!("usage: peer serve sync|async SOCKET | peer call sync|async SOCKET SCENARIO");
    std::process::exit(2)
}
