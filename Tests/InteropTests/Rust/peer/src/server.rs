//! Servers of either kind.

use async_trait::async_trait;
use std::collections::HashMap;
use std::os::unix::io::{IntoRawFd, RawFd};
use std::os::unix::net::UnixListener;

use crate::service::{respond, Call, METHODS};

struct Method(&'static str);

/// The methods as the crate wants them: each by its path.
fn methods<Handler>(make: impl Fn(Method) -> Handler) -> HashMap<String, Handler> {
    METHODS.iter().map(|name| (format!("/test.Interop/{}", name), make(Method(name)))).collect()
}

/// A listening socket. The crate's own are abstract and ask for what newer kernels refuse unix sockets.
fn listener(path: &str) -> RawFd {
    let listener = UnixListener::bind(path).expect("a socket");
    listener.set_nonblocking(true).expect("a socket");
    listener.into_raw_fd()
}

/// Serves from threads until the program is killed.
pub fn serve_sync(path: &str) {
    let mut server = ttrpc::Server::new()
        .add_listener(listener(path))
        .expect("a socket")
        .register_service(methods(|method| Box::new(method) as Box<dyn ttrpc::MethodHandler + Send + Sync>));
    server.start().expect("a server");
    println!("listening on {}", path);
    loop {
        std::thread::park();
    }
}

/// Serves from tasks until the program is killed.
pub async fn serve_async(path: &str) {
    let mut server = ttrpc::r#async::Server::new()
        .add_listener(listener(path))
        .expect("a socket")
        .set_domain_unix()
        .register_service(methods(|method| {
            Box::new(method) as Box<dyn ttrpc::r#async::MethodHandler + Send + Sync>
        }));
    server.start().await.expect("a server");
    println!("listening on {}", path);
    std::future::pending::<()>().await;
}

impl ttrpc::MethodHandler for Method {
    fn handler(&self, context: ttrpc::TtrpcContext, request: ttrpc::Request) -> ttrpc::Result<()> {
        let call = Call {
            method: self.0,
            payload: request.get_payload(),
            metadata: &context.metadata,
            timeout_nano: context.timeout_nano,
        };
        ttrpc::response_to_channel(context.mh.stream_id, respond(call), context.res_tx)
    }
}

#[async_trait]
impl ttrpc::r#async::MethodHandler for Method {
    async fn handler(
        &self,
        context: ttrpc::r#async::TtrpcContext,
        request: ttrpc::Request,
    ) -> ttrpc::Result<(u32, Vec<u8>)> {
        let call = Call {
            method: self.0,
            payload: request.get_payload(),
            metadata: &context.metadata,
            timeout_nano: context.timeout_nano,
        };
        let encoded = ttrpc::r#async::convert_response_to_buf(respond(call))?;
        Ok((context.mh.stream_id, encoded))
    }
}
