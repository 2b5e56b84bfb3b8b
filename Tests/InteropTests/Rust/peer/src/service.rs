//! What test.Interop answers.

use protobuf::{Message, ProtobufEnum};
use std::collections::HashMap;
use ttrpc::ttrpc::{Any, KeyValue};
use ttrpc::{get_status, Code, Error, Response, Result, Status};

use crate::caller::pair;

/// Methods that answer at once.
pub const METHODS: [&str; 5] = ["Echo", "Fail", "Metadata", "Deadline", "Large"];

/// What a method is called with.
pub struct Call<'a> {
    pub method: &'a str,
    pub payload: &'a [u8],
    pub metadata: &'a HashMap<String, Vec<String>>,
    pub timeout_nano: i64,
}

/// The whole response to a call.
pub fn respond(call: Call) -> Response {
    let mut response = Response::new();
    match answer(call) {
        Ok(message) => {
            response.set_status(get_status(Code::OK, ""));
            response.set_payload(message.write_to_bytes().expect("bytes"));
        }
        Err(Error::RpcStatus(status)) => response.set_status(status),
        Err(error) => response.set_status(get_status(Code::UNKNOWN, error)),
    }
    response
}

fn answer(call: Call) -> Result<KeyValue> {
    let request = KeyValue::parse_from_bytes(call.payload)
        .map_err(|error| Error::RpcStatus(get_status(Code::INVALID_ARGUMENT, error)))?;
    match call.method {
        "Echo" => Ok(request),
        "Fail" => Err(Error::RpcStatus(failure(&request))),
        "Metadata" => {
            let values = call.metadata.get(request.get_key()).cloned().unwrap_or_default();
            Ok(pair("", &values.join(",")))
        }
        "Deadline" if call.timeout_nano == 0 => Ok(pair("", "none")),
        "Deadline" => Ok(pair("", &(call.timeout_nano / 1_000_000).to_string())),
        _ => Ok(pair("", &"x".repeat(request.get_key().parse().unwrap_or(0)))),
    }
}

/// A status with the code that the key names, the value as message and a google.rpc.ErrorInfo.
fn failure(request: &KeyValue) -> Status {
    let code = request.get_key().parse().ok().and_then(Code::from_i32).unwrap_or(Code::UNKNOWN);
    let mut status = get_status(code, request.get_value());
    let reason = format!("REASON_{}", request.get_key());
    let mut info = vec![0x0A, reason.len() as u8];
    info.extend(reason.as_bytes());
    info.extend(b"\x12\x04test");
    let mut detail = Any::new();
    detail.set_type_url("type.googleapis.com/google.rpc.ErrorInfo".to_string());
    detail.set_value(info);
    status.mut_details().push(detail);
    status
}
