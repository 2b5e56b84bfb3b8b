//! Calls of either kind.

use protobuf::Message;
use std::os::unix::io::IntoRawFd;
use std::os::unix::net::UnixStream;
use tokio::runtime::Handle;
use ttrpc::ttrpc::KeyValue;
use ttrpc::{Error, Request, Response};

/// Where the methods of a service are called, on one connection.
#[derive(Clone)]
pub struct Caller(Kind);

#[derive(Clone)]
enum Kind {
    Sync(ttrpc::Client),
    Async(ttrpc::r#async::Client, Handle),
}

impl Caller {
    pub fn sync(path: &str) -> Caller {
        let stream = UnixStream::connect(path).expect("a connection");
        Caller(Kind::Sync(ttrpc::Client::new(stream.into_raw_fd())))
    }

    pub fn asynchronous(path: &str, handle: Handle) -> Caller {
        let stream = UnixStream::connect(path).expect("a connection");
        stream.set_nonblocking(true).expect("a socket");
        Caller(Kind::Async(ttrpc::r#async::Client::new(stream.into_raw_fd()), handle))
    }

    /// Sends a request as it is.
    pub fn send(&self, request: Request) -> ttrpc::Result<Response> {
        match &self.0 {
            Kind::Sync(client) => client.request(request),
            Kind::Async(client, handle) => handle.block_on(client.clone().request(request)),
        }
    }

    /// Calls a method of test.Interop.
    pub fn ask(&self, method: &str, key: &str, value: &str) -> ttrpc::Result<KeyValue> {
        self.send(request(method, key, value)).map(|response| message(&response))
    }

    /// Sends a request and prints what came of it.
    pub fn tell(&self, label: &str, request: Request) {
        match self.send(request) {
            Ok(response) => {
                let answer = message(&response);
                println!("{}: {:?} {:?}", label, answer.get_key(), answer.get_value())
            }
            Err(error) => println!("{}: {}", label, describe(&error)),
        }
    }
}

/// A request of a method of test.Interop.
pub fn request(method: &str, key: &str, value: &str) -> Request {
    let mut request = Request::new();
    request.set_service("test.Interop".to_string());
    request.set_method(method.to_string());
    request.set_payload(pair(key, value).write_to_bytes().expect("bytes"));
    request
}

pub fn pair(key: &str, value: &str) -> KeyValue {
    let mut pair = KeyValue::new();
    pair.set_key(key.to_string());
    pair.set_value(value.to_string());
    pair
}

fn message(response: &Response) -> KeyValue {
    KeyValue::parse_from_bytes(response.get_payload()).expect("a message")
}

/// An error with its code, its message and the reason among its details.
pub fn describe(error: &Error) -> String {
    match error {
        Error::RpcStatus(status) => {
            let reason = status.get_details().first().map(|detail| reason(detail.get_value()));
            let reason = reason.unwrap_or_default();
            format!("status {:?} {:?} {}", status.get_code(), status.get_message(), reason)
        }
        other => format!("error {:?}", other),
    }
}

/// The first field of a google.rpc.ErrorInfo, which is short.
fn reason(info: &[u8]) -> String {
    match info {
        [0x0A, length, text @ ..] => String::from_utf8_lossy(&text[..*length as usize]).to_string(),
        _ => String::new(),
    }
}
